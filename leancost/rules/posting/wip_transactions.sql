-- The period's WIP transactions, in contract form.
-- Source: contract 6 (wip_transactions). Inputs: wip_lines. Key: transaction.
SELECT transaction, production_flow, posting_date, transaction_type, item, resource_type, resource, cost_group, quantity,
       unit_cost, amount
FROM wip_lines
