-- The structures a calculation needs, with the item's low-level code: the reported ones and, level by level, those flattened
-- into them.
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
JOIN structures s ON s.structure = n.structure
JOIN levels v ON v.item = s.item
