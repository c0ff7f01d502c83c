-- C56 (warning): a node that stands in no total, or a cost group shown twice.
-- Source: seed, costing sheet; domain 1.5. Decision: D50.
-- Inputs: costing_sheet. Key: subject, problem.
WITH shown AS (
    SELECT node, cost_group, row_number() OVER by_sheet AS place, first_value(node) OVER by_sheet AS first_node
    FROM costing_sheet
    WHERE node_type = 'cost_group' AND cost_group IS NOT NULL
    WINDOW by_sheet AS (PARTITION BY cost_group ORDER BY sequence, node)
)
SELECT 'costing_sheet' AS table_name, [node] AS key_parts,
       'node ' || node AS subject, 'has no parent: it stands in no total' AS problem, 'Name the node above it' AS remedy
FROM costing_sheet WHERE node_type <> 'root' AND parent_node IS NULL
UNION ALL
SELECT 'costing_sheet', [node],
       'node ' || node, 'shows cost group ' || cost_group || ', which node ' || first_node || ' shows already: it stays empty',
       'Remove one of them'
FROM shown WHERE place > 1
