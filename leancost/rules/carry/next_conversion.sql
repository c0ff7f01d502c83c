-- What retain would keep of conversion and the overhead on it: the start of the next run's timing.
-- Source: contract 6 (timing_amount). Decision: D7.
-- Inputs: kept_lines. Key: production_flow, resource_type, resource, cost_group.
SELECT production_flow, resource_type, resource, cost_group, CAST(sum(quantity) AS DECIMAL(18, 6)) AS quantity,
       CAST(sum(amount) AS DECIMAL(18, 3)) AS amount
FROM kept_lines
WHERE scope = 'conversion'
GROUP BY production_flow, resource_type, resource, cost_group
