-- What the next run brings forward of services, conversion and overhead: what was kept of them.
-- Source: contract 6 (next opening = this after). Inputs: kept_lines. Key: production_flow, resource_type, resource, cost_group.
SELECT production_flow, resource_type, resource, cost_group, CAST(sum(quantity) AS DECIMAL(18, 6)) AS quantity,
       CAST(sum(amount) AS DECIMAL(18, 3)) AS amount
FROM kept_lines
WHERE scope = 'wip' AND resource_type <> 'item'
GROUP BY production_flow, resource_type, resource, cost_group
