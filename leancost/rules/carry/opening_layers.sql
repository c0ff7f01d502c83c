-- The layers an item brings into its flow's first run: the rows of the go-live balance.
-- Source: contract 3 (opening_wip: its item rows are FIFO layers). Inputs: opening_wip, entering_flows.
-- Key: production_flow, item, cost_group, transaction.
SELECT o.production_flow, resource AS item, cost_group,
       'opening_wip:' || o.production_flow || '/' || resource || '/' || CAST(posting_date AS VARCHAR) AS event,
       'opening_wip:' || o.production_flow || '/' || resource_type || '/' || resource || '/' || cost_group || '/'
           || CAST(posting_date AS VARCHAR) AS transaction,
       posting_date, quantity, amount, unit_cost
FROM opening_wip o
JOIN entering_flows e ON e.production_flow = o.production_flow
WHERE resource_type = 'item'
