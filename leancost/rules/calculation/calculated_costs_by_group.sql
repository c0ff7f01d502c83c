-- What one unit of a calculated item costs in each cost group, for the levels above.
-- Source: contract 6. Inputs: structure_breakdowns, reported_structures. Key: item, site, cost_group.
SELECT r.item, r.site, b.cost_group, CAST(sum(b.cost) AS DECIMAL(18, 6)) AS unit_cost
FROM structure_breakdowns b JOIN reported_structures r ON r.structure = b.structure
GROUP BY r.item, r.site, b.cost_group
