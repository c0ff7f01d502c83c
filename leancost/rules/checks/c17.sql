-- C17 (error): a costing sheet without exactly one root.
-- Source: seed, costing sheet; domain 1.5.
-- Inputs: costing_sheet. Key: subject, problem.
SELECT 'costing_sheet' AS table_name, NULL AS key_parts,
       'the sheet' AS subject, 'has ' || count(*) FILTER (WHERE node_type = 'root') || ' root nodes' AS problem,
       'Keep one root, the top of the tree' AS remedy
FROM costing_sheet HAVING count(*) > 0 AND count(*) FILTER (WHERE node_type = 'root') <> 1
