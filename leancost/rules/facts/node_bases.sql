-- The cost groups a formula node is taken of, one a row, and whether it is taken of made items' own lines too.
-- takes_made: a node of subtype level leaves them out, as overhead is in their standard cost already; total takes all.
-- Source: contract 2 (base_cost_groups, separated by semicolons; subtype), 4 (level and total). Decision: D3.
-- Inputs: costing_sheet.
-- Key: node, cost_group.
SELECT DISTINCT node, trim(unnest(string_split(base_cost_groups, ';'))) AS cost_group,
       subtype <> 'level' AS takes_made
FROM costing_sheet
WHERE base_cost_groups IS NOT NULL
