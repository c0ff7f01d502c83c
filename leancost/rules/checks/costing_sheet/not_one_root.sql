-- C17 (error): a costing sheet without exactly one root, or with a node below itself.
-- Source: seed, costing sheet; domain 1.5. Decision: D50.
-- Inputs: costing_sheet. Key: subject, problem.
WITH RECURSIVE above AS (
    SELECT node, parent_node AS ancestor FROM costing_sheet WHERE parent_node IS NOT NULL
    UNION
    SELECT a.node, s.parent_node
    FROM above a JOIN costing_sheet s ON s.node = a.ancestor
    WHERE s.parent_node IS NOT NULL
)
SELECT 'costing_sheet' AS table_name, NULL AS key_parts,
       'the sheet' AS subject, 'has ' || count(*) FILTER (WHERE node_type = 'root') || ' root nodes' AS problem,
       'Keep one root, the top of the tree' AS remedy
FROM costing_sheet HAVING count(*) > 0 AND count(*) FILTER (WHERE node_type = 'root') <> 1
UNION ALL
SELECT 'costing_sheet', [node], 'node ' || node, 'stands below itself', 'Name a parent that leads to the root'
FROM above WHERE ancestor = node
