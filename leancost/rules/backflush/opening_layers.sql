-- The layers an item brings into the first run: the rows of the go-live balance.
-- Source: contract 3 (opening_wip: its item rows are FIFO layers). Inputs: opening_wip.
-- Key: production_flow, item, cost_group, transaction.
SELECT production_flow, resource AS item, cost_group,
       'opening_wip:' || production_flow || '/' || resource || '/' || CAST(posting_date AS VARCHAR) AS event,
       'opening_wip:' || production_flow || '/' || resource_type || '/' || resource || '/' || cost_group || '/'
           || CAST(posting_date AS VARCHAR) AS transaction,
       posting_date, quantity, amount, unit_cost
FROM opening_wip
WHERE resource_type = 'item'
