-- Revaluation of what lies in WIP when a new active standard begins: one line per flow and cost group, quantity 0.
-- amount (currency) = sum over the layers of their revaluation; unit_cost = the new standard cost in the group.
-- Source: contract 4 (revaluation); domain 2.1 E16. Decision: D18.
-- Inputs: run, revalued_layers, production_flows.
-- Key: event, production_flow, resource, cost_group.
SELECT 'item_prices:' || l.record AS event, u.start_date AS posting_date, l.production_flow, f.site, l.item,
       l.item AS rate_item, 'revaluation' AS transaction_type, 'item' AS resource_type, l.item AS resource, l.cost_group,
       CAST(0 AS DECIMAL(18, 6)) AS quantity, max(l.unit_cost) AS unit_cost,
       CAST(sum(l.revaluation) AS DECIMAL(18, 3)) AS amount,
       CAST(sum(l.exact_revaluation) AS DECIMAL(38, 12)) AS exact_amount, FALSE AS made
FROM revalued_layers l
CROSS JOIN run u
JOIN production_flows f ON f.production_flow = l.production_flow
WHERE l.record IS NOT NULL
GROUP BY l.record, u.start_date, l.production_flow, f.site, l.item, l.cost_group
