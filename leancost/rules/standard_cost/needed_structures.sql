-- The structures a calculation needs: the reported ones and, level by level, those flattened into them.
-- Source: contract 6. Inputs: reported_structures, components. Key: structure.
WITH RECURSIVE needed AS (
    SELECT structure FROM reported_structures
    UNION
    SELECT c.flattened_structure
    FROM needed n JOIN components c ON c.structure = n.structure
    WHERE c.is_flattened AND c.flattened_structure IS NOT NULL
)
SELECT structure FROM needed
