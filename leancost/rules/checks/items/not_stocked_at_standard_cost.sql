-- C05 (error): an item of a flow that is not stocked at standard cost.
-- Source: seed, inventory model group; domain 5 #18.
-- Inputs: items, inventory_model_groups, kanban_rules, bom_lines, picking_lines. Key: subject, problem.
WITH used AS (
    SELECT item FROM kanban_rules UNION SELECT component FROM bom_lines UNION SELECT item FROM picking_lines
)
SELECT 'items' AS table_name, [i.item] AS key_parts,
       'item ' || i.item AS subject, 'is used in a flow, but inventory model group ' || g.inventory_model_group
       || ' is not stocked at standard cost' AS problem, 'Use a group with standard_cost and stocked_product yes' AS remedy
FROM items i
JOIN used u ON u.item = i.item
JOIN inventory_model_groups g ON g.inventory_model_group = i.inventory_model_group
WHERE i.item_type = 'item' AND (g.inventory_model <> 'standard_cost' OR NOT g.stocked_product)
