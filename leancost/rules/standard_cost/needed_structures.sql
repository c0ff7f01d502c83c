-- The structures a calculation needs, with the item's low-level code: the reported ones and, level by level, those flattened
-- into them; for each also what the flow's other active rules would make of it.
-- Source: contract 6. Inputs: reported_structures, components, structures, levels. Key: structure.
WITH RECURSIVE needed AS (
    SELECT structure FROM reported_structures
    UNION
    SELECT c.flattened_structure
    FROM needed n JOIN components c ON c.structure = n.structure
    WHERE c.is_flattened AND c.flattened_structure IS NOT NULL
)
SELECT s.*, v.level
FROM needed n
JOIN structures t ON t.structure = n.structure
JOIN structures s
    ON s.structure = t.structure
    OR (s.rule_place > 1 AND s.item = t.item AND s.site = t.site AND s.production_flow = t.production_flow
        AND t.basis = 'production_flow')
JOIN levels v ON v.item = s.item
