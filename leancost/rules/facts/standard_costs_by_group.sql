-- What one unit of an item costs in each cost group.
-- unit_cost (currency per unit) = sum of the breakdown's cost in the group.
-- Source: contract 4 (material_issue: quantity x standard cost, per cost group); domain 2.
-- Inputs: standard_cost_lines. Key: item, site, valid_from, cost_group.
SELECT item, site, valid_from, cost_group, made, CAST(sum(cost) AS DECIMAL(18, 6)) AS unit_cost
FROM standard_cost_lines
GROUP BY item, site, valid_from, cost_group, made
