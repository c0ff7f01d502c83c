-- What a flow brings into its first run of services, conversion and overhead.
-- Source: contract 3 (opening_wip). Inputs: opening_wip, entering_flows.
-- Key: production_flow, resource_type, resource, cost_group.
SELECT o.production_flow, o.resource_type, o.resource, o.cost_group, CAST(sum(o.quantity) AS DECIMAL(18, 6)) AS quantity,
       CAST(sum(o.amount) AS DECIMAL(18, 3)) AS amount
FROM opening_wip o
JOIN entering_flows e ON e.production_flow = o.production_flow
WHERE o.resource_type <> 'item'
GROUP BY o.production_flow, o.resource_type, o.resource, o.cost_group
