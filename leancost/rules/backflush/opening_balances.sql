-- What the first run brings forward of services, conversion and overhead.
-- Source: contract 3 (opening_wip). Inputs: opening_wip. Key: production_flow, resource_type, resource, cost_group.
SELECT production_flow, resource_type, resource, cost_group, CAST(sum(quantity) AS DECIMAL(18, 6)) AS quantity,
       CAST(sum(amount) AS DECIMAL(18, 3)) AS amount
FROM opening_wip
WHERE resource_type <> 'item'
GROUP BY production_flow, resource_type, resource, cost_group
