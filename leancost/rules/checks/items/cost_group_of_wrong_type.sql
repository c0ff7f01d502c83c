-- C04 (error): a cost group of the wrong type.
-- Source: seed, assign cost groups; domain 1.2.
-- Inputs: items, cost_categories, costing_sheet, cost_groups, kanban_rules. Key: subject, problem.
WITH used AS (
    SELECT 'items' AS table_name, i.item AS name, 'item ' || i.item AS subject, i.cost_group,
           CASE i.item_type WHEN 'service' THEN 'direct_outsourcing' ELSE 'direct_material' END AS needed
    FROM items i
    WHERE NOT EXISTS (SELECT 1 FROM kanban_rules r WHERE r.item = i.item AND r.kanban_type = 'manufacturing')
    UNION ALL
    SELECT 'cost_categories', cost_category, 'cost category ' || cost_category, cost_group, 'direct_manufacturing'
    FROM cost_categories
    UNION ALL
    SELECT 'costing_sheet', node, 'costing sheet node ' || node, cost_group, 'indirect' FROM costing_sheet
    WHERE node_type IN ('surcharge', 'rate', 'input_unit', 'output_unit') AND cost_group IS NOT NULL
)
SELECT u.table_name, [u.name] AS key_parts,
       u.subject, 'has cost group ' || u.cost_group || ' of type ' || g.cost_group_type || ', not ' || u.needed AS problem,
       'Choose a cost group of type ' || u.needed AS remedy
FROM used u JOIN cost_groups g ON g.cost_group = u.cost_group
WHERE g.cost_group_type NOT IN (u.needed, 'undefined')
