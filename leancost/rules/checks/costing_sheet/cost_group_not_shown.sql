-- C20 (error): a cost group in use that the costing sheet does not show.
-- Source: domain 5, validation list.
-- Inputs: costing_sheet, items, cost_categories. Key: subject, problem.
WITH used AS (SELECT cost_group FROM items UNION SELECT cost_group FROM cost_categories)
SELECT 'costing_sheet' AS table_name, NULL AS key_parts,
       'cost group ' || u.cost_group AS subject, 'is in use but not in the costing sheet' AS problem,
       'Add a node for it' AS remedy
FROM used u
WHERE EXISTS (SELECT 1 FROM costing_sheet)
    AND NOT EXISTS (SELECT 1 FROM costing_sheet s WHERE s.cost_group = u.cost_group)
