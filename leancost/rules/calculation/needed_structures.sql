-- The structures a calculation needs, with the item's low-level code: the reported ones and, level by level, those flattened
-- into them; for each also what the flow's other active rules would make of it.
-- Source: contract 6. Decision: D34.
-- Inputs: reported_structures, components, structures, levels. Key: structure.
WITH RECURSIVE needed AS (
    SELECT structure FROM reported_structures
    UNION
    SELECT c.flattened_structure
    FROM needed n JOIN components c ON c.structure = n.structure
    WHERE c.is_flattened AND c.flattened_structure IS NOT NULL
),
with_other_rules AS (
    SELECT structure FROM needed
    UNION
    SELECT o.structure
    FROM needed n
    JOIN structures s ON s.structure = n.structure AND s.basis = 'production_flow'
    JOIN structures o
        ON o.item = s.item AND o.site = s.site AND o.production_flow = s.production_flow AND o.rule_place > 1
)
SELECT s.*, v.level
FROM with_other_rules n
JOIN structures s ON s.structure = n.structure
JOIN levels v ON v.item = s.item
