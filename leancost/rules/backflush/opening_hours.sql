-- Hours of conversion brought forward: kept in WIP under retain, what retain would have kept under clear.
-- Source: contract 4 (retain: capped at opening + applied). Decisions: D6, D7.
-- Inputs: run, open_balances, kept_conversion.
-- Key: production_flow, cost_category.
SELECT production_flow, resource AS cost_category, quantity AS hours
FROM open_balances CROSS JOIN run
WHERE resource_type = 'cost_category' AND conversion_in_wip = 'retain'
UNION ALL
SELECT production_flow, resource, quantity
FROM kept_conversion CROSS JOIN run
WHERE resource_type = 'cost_category' AND conversion_in_wip = 'clear'
