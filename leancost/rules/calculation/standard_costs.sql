-- The standard cost of every calculated item at every site.
-- unit_cost (currency per unit) = sum of the breakdown's cost.
-- Source: contract 6 (standard_costs). Inputs: calculation, reported_structures, structure_breakdowns. Key: item, site.
SELECT r.item, r.site, c.costing_version, c.calculation_date, r.basis, r.production_flow, r.route,
       CAST(sum(b.cost) AS DECIMAL(18, 6)) AS unit_cost
FROM reported_structures r
CROSS JOIN calculation c
JOIN structure_breakdowns b ON b.structure = r.structure
GROUP BY r.item, r.site, c.costing_version, c.calculation_date, r.basis, r.production_flow, r.route
