-- The cost groups a formula node is taken of, one a row.
-- Source: contract 2 (base_cost_groups, separated by semicolons). Inputs: costing_sheet. Key: node, cost_group.
SELECT DISTINCT node, trim(unnest(string_split(base_cost_groups, ';'))) AS cost_group
FROM costing_sheet
WHERE base_cost_groups IS NOT NULL
