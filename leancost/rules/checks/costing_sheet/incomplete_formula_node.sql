-- C18 (error): a formula node without cost group, base or fitting basis.
-- Source: contract 2.
-- Inputs: costing_sheet. Key: subject, problem.
SELECT 'costing_sheet' AS table_name, [node] AS key_parts,
       'node ' || node AS subject, CASE WHEN cost_group IS NULL THEN 'charges no cost group'
           WHEN node_type <> 'output_unit' AND base_cost_groups IS NULL THEN 'has no base cost groups'
           ELSE 'cannot have basis ' || COALESCE(basis, 'empty') || ' as ' || node_type END AS problem,
       'Give cost group, base, and basis value (surcharge), hours (rate) or quantity, weight, volume' AS remedy
FROM costing_sheet
WHERE node_type IN ('surcharge', 'rate', 'input_unit', 'output_unit') AND (cost_group IS NULL
    OR (node_type <> 'output_unit' AND base_cost_groups IS NULL)
    OR (node_type = 'surcharge' AND COALESCE(basis, 'value') <> 'value')
    OR (node_type = 'rate' AND COALESCE(basis, 'hours') <> 'hours')
    OR (node_type IN ('input_unit', 'output_unit') AND COALESCE(basis, '') NOT IN ('quantity', 'weight', 'volume')))
