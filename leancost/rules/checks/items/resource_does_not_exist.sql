-- C38 (error): a resource that does not exist.
-- Source: contract 2, 3.
-- Inputs: item_price_breakdown, opening_wip, items, cost_categories, costing_sheet. Key: subject, problem.
WITH used AS (
    SELECT 'item_price_breakdown' AS table_name, [costing_version, item, COALESCE(site, ''), CAST(from_date AS VARCHAR),
               resource_type, resource, cost_group] AS key_parts,
           'the breakdown of ' || item AS subject, resource_type, resource
    FROM item_price_breakdown
    UNION ALL
    SELECT 'opening_wip', [production_flow, resource_type, resource, cost_group, CAST(posting_date AS VARCHAR)],
           'opening WIP of flow ' || production_flow, resource_type, resource
    FROM opening_wip
)
SELECT u.table_name, min(u.key_parts) AS key_parts,
       u.subject, 'names ' || u.resource_type || ' ' || u.resource || ', which does not exist' AS problem,
       'Add it, or correct the resource' AS remedy
FROM used u
LEFT JOIN items i ON i.item = u.resource AND i.item_type = u.resource_type
LEFT JOIN cost_categories c ON c.cost_category = u.resource AND u.resource_type = 'cost_category'
LEFT JOIN costing_sheet s ON s.node = u.resource AND u.resource_type = 'costing_sheet_node'
WHERE i.item IS NULL AND c.cost_category IS NULL AND s.node IS NULL
GROUP BY u.table_name, u.subject, u.resource_type, u.resource
