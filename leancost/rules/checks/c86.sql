-- C86 (warning): a fraction that looks like a per cent typed whole.
-- A scrap of 1 (100 %) or more; a surcharge of 5 (500 %) or more, or of a whole number from 3 on: overheads of two and three
-- hundred per cent exist (the source's example has 2.00 on material), but are seldom round.
-- Source: contract 2 (variable_scrap a fraction; indirect_rates: 0.10). Inputs: bom_lines, indirect_rates, costing_sheet.
-- Key: subject, problem.
SELECT 'bom_lines' AS table_name, [bom, line] AS key_parts,
       'BOM ' || bom || ' line ' || line AS subject,
       'has variable scrap ' || CAST(variable_scrap AS VARCHAR) || ', and 1 is a hundred per cent' AS problem,
       'Write 5 % as 0.05, or accept it' AS remedy
FROM bom_lines
WHERE variable_scrap >= 1
UNION ALL
SELECT 'indirect_rates', [r.costing_version, r.node, COALESCE(r.site, ''), COALESCE(r.item, ''), CAST(r.from_date AS VARCHAR)],
       'surcharge ' || r.node, 'has rate ' || CAST(r.rate AS VARCHAR) || ' from ' || CAST(r.from_date AS VARCHAR)
           || ', and 1 is a hundred per cent', 'Write 5 % as 0.05, or accept it'
FROM indirect_rates r
JOIN costing_sheet s ON s.node = r.node AND s.node_type = 'surcharge'
WHERE r.rate >= 5 OR (r.rate >= 3 AND r.rate = floor(r.rate))
