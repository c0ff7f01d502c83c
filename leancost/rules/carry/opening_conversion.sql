-- What retain would have kept of conversion, and the overhead on it, at the go-live of the flows that a run brings forward.
-- Source: contract 6 (timing_amount: the same at the start); contract 3 (opening_wip). Decision: D7.
-- Inputs: kept_lines, entering_flows.
-- Key: production_flow, resource_type, resource, cost_group.
SELECT k.production_flow, k.resource_type, k.resource, k.cost_group, CAST(sum(k.quantity) AS DECIMAL(18, 6)) AS quantity,
       CAST(sum(k.amount) AS DECIMAL(18, 3)) AS amount
FROM kept_lines k
JOIN entering_flows e ON e.production_flow = k.production_flow
WHERE k.scope = 'conversion'
GROUP BY k.production_flow, k.resource_type, k.resource, k.cost_group
