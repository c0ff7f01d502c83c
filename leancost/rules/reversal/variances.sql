-- The variances of the runs taken back, with the other sign: over all runs of a book only what stands adds up.
-- amount (currency) = - sum of the original amounts.
-- Source: domain 5 #21; contract 6 (variances). Decision: D37.
-- Inputs: reversed_variances.
-- Key: production_flow, cost_group, resource_type, resource, variance_type.
SELECT production_flow, cost_group_type, cost_group, resource_type, resource, variance_type,
       CAST(-sum(amount) AS DECIMAL(18, 3)) AS amount
FROM reversed_variances
GROUP BY production_flow, cost_group_type, cost_group, resource_type, resource, variance_type
HAVING sum(amount) <> 0
