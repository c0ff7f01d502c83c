-- C28 (error): an item where a service is needed, or a service where an item is needed.
-- Source: contract 2, 3.
-- Inputs: activities, service_receipts, picking_lines, kanban_rules, items. Key: subject, problem.
WITH used AS (
    SELECT 'activities' AS table_name, [production_flow, activity] AS key_parts,
           'activity ' || activity || ' of flow ' || production_flow AS subject, service_item AS item, 'service' AS needed
    FROM activities WHERE service_item IS NOT NULL
    UNION ALL
    SELECT 'service_receipts', [service_receipt], 'service receipt ' || service_receipt, service_item, 'service'
    FROM service_receipts
    UNION ALL
    SELECT 'picking_lines', [picking_line], 'picking line ' || picking_line, item, 'item' FROM picking_lines
    UNION ALL
    SELECT 'kanban_rules', [kanban_rule], 'rule ' || kanban_rule, item, 'item' FROM kanban_rules
)
SELECT u.table_name, u.key_parts,
       u.subject, 'names ' || u.item || ', which is no ' || u.needed AS problem,
       'Name ' || CASE u.needed WHEN 'item' THEN 'an item' ELSE 'a service' END AS remedy
FROM used u JOIN items i ON i.item = u.item
WHERE i.item_type <> u.needed
