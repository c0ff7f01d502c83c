-- C55 (warning): a made product in a cost group that is no product category.
-- Source: seed, cost group for a finished product; contract 2 (items). Decision: D50.
-- Inputs: items, cost_groups, kanban_rules. Key: subject, problem.
SELECT 'items' AS table_name, [i.item] AS key_parts,
       'item ' || i.item AS subject,
       'is made, but its cost group ' || i.cost_group || ' is of type ' || g.cost_group_type AS problem,
       'Give it a product category of type undefined, unless it is bought too' AS remedy
FROM items i JOIN cost_groups g ON g.cost_group = i.cost_group
WHERE g.cost_group_type <> 'undefined' AND EXISTS (
    SELECT 1 FROM kanban_rules r WHERE r.item = i.item AND r.kanban_type = 'manufacturing')
