-- The own lines of the structures of one level, before overhead, and the flattened lines of their components.
-- value (currency per unit) = quantity x unit price; charge = charge quantity x unit price, charge quantity = per-lot
-- quantity / lot; a flattened component brings quantity x its lines and its charges, without what is charged at a product
-- receipt; one consumed per lot brings all of it as a charge. lent_by: the version that lends the price, if another.
-- Source: contract 6; domain 1.7. Inputs: current_level, components, per_unit_quantities, per_lot_quantities,
-- component_costs, structure_hours, structure_services, cost_categories, version_hourly_rates, exact_lines.
-- Key: structure, origin, line, resource_type, resource, cost_group, unit_price, lent_by.
WITH needed AS (
    SELECT c.structure, c.site, c.line, c.component, c.item_type, c.is_flattened, c.flattened_structure,
           COALESCE(q.quotient, CAST(0 AS DECIMAL(18, 9))) AS quantity,
           COALESCE(k.quotient, CAST(0 AS DECIMAL(18, 9))) AS lot_quantity
    FROM components c
    JOIN current_level h ON h.structure = c.structure
    LEFT JOIN per_unit_quantities q ON q.purpose = 'bom_line' AND q.owner = c.bom AND q.line = c.line
    LEFT JOIN per_lot_quantities k ON k.purpose = 'lot_component' AND k.owner = c.structure AND k.line = c.line
)
SELECT n.structure, n.site, 'own' AS origin, n.line, n.item_type AS resource_type, n.component AS resource, p.cost_group,
       p.unit_cost AS unit_price, p.lent_by, n.component AS rate_item, p.made, FALSE AS is_receipt,
       CAST(n.quantity AS DECIMAL(38, 18)) AS quantity, CAST(n.lot_quantity AS DECIMAL(38, 18)) AS charge_quantity
FROM needed n
JOIN component_costs p ON p.item = n.component AND p.site = n.site
WHERE NOT n.is_flattened
UNION ALL
SELECT h.structure, h.site, 'own', h.line, 'cost_category', h.cost_category, c.cost_group, r.hourly_rate, r.lent_by, h.item,
       FALSE, FALSE, h.hours_per_unit, CAST(COALESCE(k.quotient, 0) AS DECIMAL(38, 18))
FROM structure_hours h
JOIN current_level s ON s.structure = h.structure
JOIN cost_categories c ON c.cost_category = h.cost_category
JOIN version_hourly_rates r ON r.cost_category = h.cost_category AND r.site = h.site
LEFT JOIN per_lot_quantities k ON k.purpose = 'lot_hours' AND k.owner = h.structure AND k.line = h.line
UNION ALL
SELECT v.structure, v.site, 'own', v.activity, 'service', v.service_item, p.cost_group, p.unit_cost, p.lent_by,
       v.service_item, FALSE, FALSE, CAST(v.service_quantity AS DECIMAL(38, 18)), CAST(0 AS DECIMAL(38, 18))
FROM structure_services v
JOIN current_level s ON s.structure = v.structure
JOIN component_costs p ON p.item = v.service_item AND p.site = v.site
UNION ALL
SELECT n.structure, n.site, 'flattened', n.line, e.resource_type, e.resource, e.cost_group, e.unit_price, e.lent_by, '',
       FALSE, FALSE, CAST(n.quantity * e.quantity AS DECIMAL(38, 18)),
       CAST(n.quantity * e.charge_quantity + n.lot_quantity * (e.quantity + e.charge_quantity) AS DECIMAL(38, 18))
FROM needed n
JOIN exact_lines e ON e.structure = n.flattened_structure AND NOT e.is_receipt
WHERE n.is_flattened
