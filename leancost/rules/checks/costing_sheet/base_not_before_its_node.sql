-- C19 (error): a base cost group that does not exist, or of this or a later node.
-- Source: contract 2.
-- Inputs: costing_sheet, cost_groups. Key: subject, problem.
WITH bases AS (
    SELECT node, sequence, trim(unnest(string_split(base_cost_groups, ';'))) AS base
    FROM costing_sheet WHERE base_cost_groups IS NOT NULL
)
SELECT DISTINCT 'costing_sheet' AS table_name, [b.node] AS key_parts,
       'node ' || b.node AS subject, 'is taken of ' || b.base
       || CASE WHEN g.cost_group IS NULL THEN ', which is no cost group' ELSE ', which it or a later node charges' END AS problem,
       'Take it of groups that stand before it' AS remedy
FROM bases b
LEFT JOIN cost_groups g ON g.cost_group = b.base
LEFT JOIN costing_sheet s
    ON s.node_type IN ('surcharge', 'rate', 'input_unit', 'output_unit') AND s.cost_group = b.base
    AND (s.sequence > b.sequence OR (s.sequence = b.sequence AND s.node >= b.node))
WHERE g.cost_group IS NULL OR s.node IS NOT NULL
