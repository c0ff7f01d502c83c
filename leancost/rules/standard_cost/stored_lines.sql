-- The lines behind the stored breakdown, flattened along the semi-finished items a route leaves standing in the flow.
-- quantity and charge of a replaced component's line x the component's quantity; its charges come along.
-- Source: contract 4 (a calculation by route is stored for posting). Inputs: reported_structures, structures, exact_lines,
-- flow_of_items, uncontrolled_items. Key: item, site, resource_type, resource, cost_group, path.
WITH RECURSIVE opened AS (
    SELECT r.item, r.site, f.production_flow, e.resource_type, e.resource, e.cost_group, e.unit_price, e.quantity, e.charge,
           e.charge_quantity, r.basis, e.is_output_unit, 1 AS depth,
           u.item IS NOT NULL AND r.basis = 'route' AND e.resource_type = 'item' AS is_replaced
    FROM reported_structures r
    JOIN exact_lines e ON e.structure = r.structure
    LEFT JOIN flow_of_items f ON f.item = r.item AND f.site = r.site
    LEFT JOIN uncontrolled_items u ON u.production_flow = f.production_flow AND u.item = e.resource
    UNION ALL
    SELECT o.item, o.site, o.production_flow, e.resource_type, e.resource, e.cost_group, e.unit_price,
           CAST(CAST(o.quantity AS DECIMAL(18, 12)) * CAST(e.quantity AS DECIMAL(20, 12)) AS DECIMAL(23, 15)),
           CAST(CAST(o.quantity AS DECIMAL(18, 12)) * CAST(e.charge AS DECIMAL(20, 12)) AS DECIMAL(28, 15))
               + CAST(CAST(o.charge_quantity AS DECIMAL(18, 12))
                      * CAST(CAST(e.quantity AS DECIMAL(20, 12)) * CAST(e.unit_price AS DECIMAL(18, 6)) + e.charge
                             AS DECIMAL(20, 12)) AS DECIMAL(28, 15)),
           CAST(0 AS DECIMAL(23, 15)), o.basis, e.is_output_unit, o.depth + 1,
           u.item IS NOT NULL AND e.resource_type = 'item'
    FROM (SELECT DISTINCT item, site, production_flow, resource, quantity, charge_quantity, basis, depth
          FROM opened WHERE is_replaced) AS o
    JOIN reported_structures r ON r.item = o.resource AND r.site = o.site
    JOIN exact_lines e ON e.structure = r.structure AND NOT e.is_output_unit
    LEFT JOIN uncontrolled_items u ON u.production_flow = o.production_flow AND u.item = e.resource
)
SELECT item, site, resource_type, resource, cost_group, unit_price, quantity, charge FROM opened WHERE NOT is_replaced
