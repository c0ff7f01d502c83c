-- The mirror of every WIP line of the runs taken back.
-- quantity (base units) = - original quantity; amount (currency) = - original amount; unit cost as it was.
-- Source: domain 5 #11, #21; contract 5 (reverse). Decision: D36.
-- Inputs: reversed_wip_transactions. Key: transaction.
SELECT 'reversal of run ' || CAST(run AS VARCHAR) || ': ' || transaction AS transaction, production_flow, posting_date,
       transaction_type, item, resource_type, resource, cost_group, -quantity AS quantity, unit_cost, -amount AS amount
FROM reversed_wip_transactions
