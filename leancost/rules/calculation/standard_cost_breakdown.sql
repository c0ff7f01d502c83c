-- The calculated breakdown of every item, with the item's low-level code.
-- Source: contract 6 (standard_cost_breakdown). Inputs: calculation, reported_structures, structure_breakdowns, levels.
-- Key: item, site, resource_type, resource, cost_group.
SELECT c.costing_version, r.item, r.site, c.calculation_date AS from_date, b.resource_type, b.resource, b.cost_group,
       b.quantity, b.unit_price, b.charge, b.cost, v.level
FROM reported_structures r
CROSS JOIN calculation c
JOIN structure_breakdowns b ON b.structure = r.structure
JOIN levels v ON v.item = r.item
