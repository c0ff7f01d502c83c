-- The own lines of the structures of one level, before overhead, and the flattened lines of their components.
-- value (currency per unit) = quantity x unit price; charge = per-lot quantity / lot x unit price; a flattened component
-- brings quantity x its lines and quantity x its charges, without what is charged at a product receipt.
-- Source: contract 6; domain 1.7. Inputs: current_level, structures, components, per_unit_quantities, per_lot_quantities,
-- component_costs, structure_hours, cost_categories, version_hourly_rates, activities, kanban_rules, items, exact_lines.
-- Key: structure, origin, line, resource_type, resource, cost_group, unit_price.
WITH here AS (SELECT s.* FROM structures s JOIN current_level v ON v.item = s.item),
needed AS (
    SELECT c.structure, c.item, c.site, c.line, c.component, c.item_type, c.is_flattened, c.flattened_structure,
           COALESCE(q.quotient, CAST(0 AS DECIMAL(18, 9))) AS quantity, COALESCE(k.quotient, CAST(0 AS DECIMAL(18, 9)))
               AS lot_quantity
    FROM components c
    JOIN here h ON h.structure = c.structure
    LEFT JOIN per_unit_quantities q ON q.purpose = 'bom_line' AND q.owner = c.bom AND q.line = c.line
    LEFT JOIN per_lot_quantities k ON k.purpose = 'lot_component' AND k.owner = c.structure AND k.line = c.line
),
services AS (
    SELECT h.structure, h.site, a.activity, a.service_item, a.service_quantity
    FROM here h
    JOIN kanban_rules r ON r.kanban_rule = h.kanban_rule
    JOIN activities first_one ON first_one.production_flow = h.production_flow AND first_one.activity = r.first_activity
    JOIN activities last_one ON last_one.production_flow = h.production_flow AND last_one.activity = r.last_activity
    JOIN activities a
        ON a.production_flow = h.production_flow AND a.sequence BETWEEN first_one.sequence AND last_one.sequence
    WHERE a.service_item IS NOT NULL
)
SELECT n.structure, n.site, 'own' AS origin, n.line, n.item_type AS resource_type, n.component AS resource, p.cost_group,
       p.unit_cost AS unit_price, n.component AS rate_item, p.made, CAST(n.quantity AS DECIMAL(23, 15)) AS quantity,
       CAST(CAST(n.lot_quantity AS DECIMAL(19, 9)) * p.unit_cost AS DECIMAL(28, 15)) AS charge,
       CAST(n.lot_quantity AS DECIMAL(23, 15)) AS charge_quantity
FROM needed n
JOIN component_costs p ON p.item = n.component AND p.site = n.site
WHERE NOT n.is_flattened
UNION ALL
SELECT h.structure, s.site, 'own', h.line, 'cost_category', h.cost_category, c.cost_group, r.hourly_rate, s.item, FALSE,
       h.hours_per_unit,
       CAST(CAST(COALESCE(k.quotient, 0) AS DECIMAL(19, 9)) * r.hourly_rate AS DECIMAL(28, 15)),
       CAST(COALESCE(k.quotient, 0) AS DECIMAL(23, 15))
FROM structure_hours h
JOIN here s ON s.structure = h.structure
JOIN cost_categories c ON c.cost_category = h.cost_category
JOIN version_hourly_rates r ON r.cost_category = h.cost_category AND r.site = s.site
LEFT JOIN per_lot_quantities k ON k.purpose = 'lot_hours' AND k.owner = h.structure AND k.line = h.line
UNION ALL
SELECT s.structure, s.site, 'own', s.activity, 'service', s.service_item, p.cost_group, p.unit_cost, s.service_item, FALSE,
       CAST(s.service_quantity AS DECIMAL(23, 15)), CAST(0 AS DECIMAL(28, 15)), CAST(0 AS DECIMAL(23, 15))
FROM services s
JOIN component_costs p ON p.item = s.service_item AND p.site = s.site
UNION ALL
SELECT n.structure, n.site, 'flattened', n.line, e.resource_type, e.resource, e.cost_group, e.unit_price, '', FALSE,
       CAST(n.quantity * CAST(e.quantity AS DECIMAL(20, 12)) AS DECIMAL(23, 15)),
       CAST(n.quantity * CAST(e.charge AS DECIMAL(20, 12)) AS DECIMAL(28, 15))
           + CAST(n.lot_quantity * CAST(CAST(e.quantity AS DECIMAL(20, 12)) * CAST(e.unit_price AS DECIMAL(18, 6))
                                        AS DECIMAL(20, 12)) AS DECIMAL(28, 15))
           + CAST(n.lot_quantity * CAST(e.charge AS DECIMAL(20, 12)) AS DECIMAL(28, 15)),
       CAST(0 AS DECIMAL(23, 15))
FROM needed n
JOIN exact_lines e ON e.structure = n.flattened_structure AND NOT e.is_output_unit
WHERE n.is_flattened
