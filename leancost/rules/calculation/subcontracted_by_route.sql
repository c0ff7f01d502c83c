-- Products calculated by route that involve subcontracting: a vendor line in a BOM, an operation or an activity at a vendor's
-- resource group or with a service, of the product or of a semi-finished item or phantom in it; or a service in the lines of
-- a component's cost, calculated here or taken from its price record. is_opened: looked into by its own BOM, route and rules.
-- Source: contract 5 (calculate: refused with --activate); seed (the production flow calculation must be used).
-- Decisions: D33, D71.
-- Inputs: reported_structures, structure_breakdowns, version_lines, uncontrolled_items, valid_boms, bom_lines,
-- valid_routes, route_operations, active_rules, rule_activities, activities, resource_groups.
-- Key: table_name, problem.
WITH RECURSIVE semi_finished AS (
    SELECT DISTINCT r.item, r.site
    FROM active_rules r JOIN uncontrolled_items u ON u.production_flow = r.production_flow AND u.item = r.item
),
own AS (
    SELECT item, site FROM reported_structures UNION SELECT item, site FROM semi_finished
),
lines AS (
    SELECT r.item, r.site, TRUE AS is_opened, b.resource_type, b.resource
    FROM reported_structures r JOIN structure_breakdowns b ON b.structure = r.structure
    UNION ALL
    SELECT v.item, v.site, FALSE, v.resource_type, v.resource
    FROM version_lines v
    ANTI JOIN reported_structures r ON r.item = v.item AND r.site = v.site
    WHERE v.made
),
uses AS (
    SELECT l.item, l.site, l.is_opened, l.resource AS component, r.item IS NOT NULL AS component_is_opened
    FROM lines l
    LEFT JOIN reported_structures r ON r.item = l.resource AND r.site = l.site
    WHERE l.resource_type = 'item'
    UNION
    SELECT b.item, b.site, TRUE, l.component, TRUE
    FROM valid_boms b
    JOIN bom_lines l ON l.bom = b.bom
    LEFT JOIN own o ON o.item = l.component AND o.site = b.site
    WHERE l.line_type = 'phantom' OR (l.line_type <> 'vendor' AND o.item IS NOT NULL)
),
subcontracted AS (
    SELECT item, site, is_opened, 'service ' || resource AS what FROM lines WHERE resource_type = 'service'
    UNION
    SELECT b.item, b.site, TRUE, 'service ' || l.component
    FROM valid_boms b JOIN bom_lines l ON l.bom = b.bom AND l.line_type = 'vendor'
    UNION
    SELECT t.item, t.site, TRUE, 'operation ' || o.operation || ' of route ' || o.route
    FROM valid_routes t
    JOIN route_operations o ON o.route = t.route
    JOIN resource_groups g ON g.resource_group = o.resource_group AND g.vendor IS NOT NULL
    UNION
    SELECT r.item, r.site, TRUE, 'activity ' || a.activity || ' of production flow ' || a.production_flow
    FROM active_rules r
    JOIN rule_activities a ON a.kanban_rule = r.kanban_rule
    JOIN activities s ON s.production_flow = a.production_flow AND s.activity = a.activity
    LEFT JOIN resource_groups g ON g.resource_group = s.resource_group
    WHERE g.vendor IS NOT NULL OR a.service_item IS NOT NULL
),
involved AS (
    SELECT item, site, is_opened, what FROM subcontracted
    UNION
    SELECT u.item, u.site, u.is_opened, i.what
    FROM involved i
    JOIN uses u ON u.component = i.item AND u.site = i.site AND u.component_is_opened = i.is_opened
)
SELECT 'routes' AS table_name,
       i.item || ' at site ' || i.site || ' involves the subcontracted ' || i.what || ' and was calculated by route' AS problem,
       'Activate the calculation by production flow' AS remedy
FROM involved i
JOIN reported_structures r ON r.item = i.item AND r.site = i.site AND r.basis = 'route'
WHERE i.is_opened
