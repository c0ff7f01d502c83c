-- C07 (error): no active standard cost at the site of a flow.
-- Source: domain 5, validation list.
-- Inputs: kanban_rules, activities, picking_lines, production_flows, items, item_prices, costing_versions. Key: subject, problem.
WITH used AS (
    SELECT production_flow, item FROM kanban_rules
    UNION SELECT production_flow, service_item FROM activities WHERE service_item IS NOT NULL
    UNION SELECT production_flow, item FROM picking_lines WHERE updates_inventory
)
SELECT 'item_prices' AS table_name, NULL AS key_parts,
       u.item || ' at site ' || f.site AS subject, 'has no active standard cost, but flow ' || u.production_flow || ' uses it'
       AS problem, 'Add an active price in a standard version, or calculate and activate it' AS remedy,
       u.production_flow
FROM used u
JOIN production_flows f ON f.production_flow = u.production_flow
JOIN items i ON i.item = u.item
WHERE NOT EXISTS (
    SELECT 1 FROM item_prices p
    JOIN costing_versions v ON v.costing_version = p.costing_version AND v.costing_type = 'standard'
    WHERE p.status = 'active' AND (p.item = i.item OR p.item = i.product_master)
        AND (p.site IS NULL OR p.site = f.site))
