-- C37 (error): a breakdown that names an item made in the same flow without inventory control.
-- Source: contract 2, 4.
-- Inputs: item_price_breakdown, kanban_rules, activities. Key: subject, problem.
WITH uncontrolled AS (
    SELECT r.production_flow, r.item FROM kanban_rules r
    JOIN activities a ON a.production_flow = r.production_flow AND a.activity = r.last_activity
    WHERE r.kanban_type = 'manufacturing' AND NOT a.update_on_receipt
)
SELECT 'item_price_breakdown' AS table_name, min([b.costing_version, b.item, COALESCE(b.site, ''), CAST(b.from_date AS VARCHAR),
           b.resource_type, b.resource, b.cost_group]) AS key_parts,
       'the breakdown of ' || b.item AS subject, 'names ' || b.resource || ', which flow ' || u.production_flow
       || ' makes without inventory control' AS problem, 'Replace it by its own lines: calculate again' AS remedy
FROM item_price_breakdown b
JOIN kanban_rules m ON m.item = b.item AND m.kanban_type = 'manufacturing'
JOIN uncontrolled u ON u.production_flow = m.production_flow AND u.item = b.resource
WHERE b.resource_type = 'item' AND b.resource <> b.item
GROUP BY b.item, b.resource, u.production_flow
