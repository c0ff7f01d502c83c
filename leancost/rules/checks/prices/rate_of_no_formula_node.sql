-- C50 (warning): a rate of a node that is no formula node.
-- Source: contract 2.
-- Inputs: indirect_rates, costing_sheet. Key: subject, problem.
SELECT 'indirect_rates' AS table_name,
       min([r.costing_version, r.node, COALESCE(r.site, ''), COALESCE(r.item, ''), CAST(r.from_date AS VARCHAR)]) AS key_parts,
       'node ' || r.node AS subject, 'has a rate, but is a ' || s.node_type || ' node and charges nothing' AS problem,
       'Give rates to surcharge, rate, input_unit and output_unit nodes' AS remedy
FROM indirect_rates r JOIN costing_sheet s ON s.node = r.node
WHERE s.node_type IN ('root', 'total', 'cost_group')
GROUP BY r.node, s.node_type
