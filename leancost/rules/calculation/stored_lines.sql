-- The lines behind the stored breakdown, flattened along the semi-finished items a route leaves standing in the flow.
-- A replaced component gives way to all its lines x its quantity, those consumed per lot to charges, and its charges come
-- along; level by level, one not calculated here to the lines of its price record. not_received: the replaced component at
-- whose receipt the line would be charged (an output-unit node, or a surcharge on it), which no event of the flow posts.
-- Source: contract 4 (a calculation by route is stored for posting). Decisions: D32, D70.
-- Inputs: reported_structures, exact_lines, flow_of_items, uncontrolled_items, version_lines, costing_sheet.
-- Key: none; item, site, resource_type, resource, cost_group, unit_price, not_received are summed.
WITH RECURSIVE semi_finished AS (
    SELECT u.production_flow, u.item, r.site, r.structure
    FROM uncontrolled_items u JOIN reported_structures r ON r.item = u.item
    UNION ALL
    SELECT DISTINCT u.production_flow, u.item, v.site, CAST(NULL AS VARCHAR)
    FROM uncontrolled_items u
    JOIN version_lines v ON v.item = u.item AND v.made
    ANTI JOIN reported_structures r ON r.item = v.item AND r.site = v.site
),
parts AS (
    SELECT structure, resource AS part, max(quantity) AS quantity, max(charge_quantity) AS charge_quantity
    FROM exact_lines WHERE resource_type = 'item' GROUP BY structure, resource
),
opened AS (
    SELECT r.item, r.site, f.production_flow, p.part, s.structure, p.quantity, p.charge_quantity
    FROM reported_structures r
    JOIN flow_of_items f ON f.item = r.item AND f.site = r.site
    JOIN parts p ON p.structure = r.structure
    JOIN semi_finished s ON s.production_flow = f.production_flow AND s.item = p.part AND s.site = r.site
    WHERE r.basis = 'route'
    UNION ALL
    SELECT o.item, o.site, o.production_flow, p.part, s.structure,
           CAST(CAST(o.quantity AS DECIMAL(38, 15)) * CAST(p.quantity AS DECIMAL(38, 15)) AS DECIMAL(38, 18)),
           CAST(CAST(o.quantity AS DECIMAL(38, 15)) * CAST(p.charge_quantity AS DECIMAL(38, 15))
                + CAST(o.charge_quantity AS DECIMAL(38, 15)) * CAST(p.quantity + p.charge_quantity AS DECIMAL(38, 15))
                AS DECIMAL(38, 18))
    FROM opened o
    JOIN parts p ON p.structure = o.structure
    JOIN semi_finished s ON s.production_flow = o.production_flow AND s.item = p.part AND s.site = o.site
),
part_lines AS (
    SELECT o.item, o.site, e.resource_type, e.resource, e.cost_group, e.unit_price,
           CASE WHEN e.is_receipt THEN o.part END AS not_received,
           CAST(CAST(o.quantity AS DECIMAL(38, 15)) * CAST(e.quantity AS DECIMAL(38, 15)) AS DECIMAL(38, 18)) AS quantity,
           CAST(CAST(o.quantity AS DECIMAL(38, 15)) * CAST(e.charge_quantity AS DECIMAL(38, 15))
                + CAST(o.charge_quantity AS DECIMAL(38, 15)) * CAST(e.quantity + e.charge_quantity AS DECIMAL(38, 15))
                AS DECIMAL(38, 18)) * e.unit_price AS charge
    FROM opened o
    JOIN exact_lines e ON e.structure = o.structure
    UNION ALL
    SELECT o.item, o.site, v.resource_type, v.resource, v.cost_group, v.unit_price,
           CASE WHEN n.node IS NOT NULL THEN o.part END,
           CAST(o.quantity * v.quantity AS DECIMAL(38, 18)), o.quantity * v.charge + o.charge_quantity * v.cost
    FROM opened o
    JOIN version_lines v ON v.item = o.part AND v.site = o.site
    LEFT JOIN costing_sheet n
        ON n.node = v.resource AND v.resource_type = 'costing_sheet_node' AND n.node_type = 'output_unit'
    WHERE o.structure IS NULL
),
all_lines AS (
    SELECT r.item, r.site, e.resource_type, e.resource, e.cost_group, e.unit_price, CAST(NULL AS VARCHAR) AS not_received,
           e.quantity, e.charge
    FROM reported_structures r JOIN exact_lines e ON e.structure = r.structure
    UNION ALL
    SELECT * FROM part_lines
)
SELECT a.*
FROM all_lines a
ANTI JOIN opened o ON o.item = a.item AND o.site = a.site AND o.part = a.resource AND a.resource_type = 'item'
WHERE a.quantity <> 0 OR a.charge <> 0
