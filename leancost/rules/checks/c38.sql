-- C38 (error): a resource that does not exist.
-- Source: contract 2, 3.
-- Inputs: item_price_breakdown, opening_wip, items, cost_categories, costing_sheet. Key: subject, problem.
WITH used AS (
    SELECT 'the breakdown of ' || item AS subject, resource_type, resource FROM item_price_breakdown
    UNION SELECT 'opening WIP of flow ' || production_flow, resource_type, resource FROM opening_wip
)
SELECT u.subject, 'names ' || u.resource_type || ' ' || u.resource || ', which does not exist' AS problem,
       'Add it, or correct the resource' AS remedy
FROM used u
LEFT JOIN items i ON i.item = u.resource AND i.item_type = u.resource_type
LEFT JOIN cost_categories c ON c.cost_category = u.resource AND u.resource_type = 'cost_category'
LEFT JOIN costing_sheet s ON s.node = u.resource AND u.resource_type = 'costing_sheet_node'
WHERE i.item IS NULL AND c.cost_category IS NULL AND s.node IS NULL
