-- The FIFO layers of every flow, item and cost group: brought forward and issued in the period.
-- Source: contract 4 (FIFO). Inputs: revalued_layers, wip_lines. Key: production_flow, item, cost_group, transaction.
SELECT production_flow, item, cost_group, event, transaction, posting_date, quantity, amount, unit_cost
FROM revalued_layers
UNION ALL
SELECT production_flow, resource, cost_group, event, transaction, posting_date, quantity, amount, unit_cost
FROM wip_lines
WHERE transaction_type = 'material_issue' AND quantity <> 0
