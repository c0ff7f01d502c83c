-- C86 (warning): a surcharge that looks like a per cent typed whole. A scrap of one or more is C60.
-- A rate of 5 (500 %) or more, or of a whole number from 3 on: overheads of two and three hundred per cent exist (the
-- source's example has 2.00 on material), but are seldom round.
-- Source: contract 2 (indirect_rates: 0.10). Decision: D64.
-- Inputs: indirect_rates, costing_sheet. Key: subject, problem.
SELECT 'indirect_rates' AS table_name,
       [r.costing_version, r.node, COALESCE(r.site, ''), COALESCE(r.item, ''), CAST(r.from_date AS VARCHAR)] AS key_parts,
       'surcharge ' || r.node AS subject, 'has rate ' || CAST(r.rate AS VARCHAR) || ' from ' || CAST(r.from_date AS VARCHAR)
           || ', and 1 is a hundred per cent' AS problem, 'Write 5 % as 0.05, or accept it' AS remedy
FROM indirect_rates r
JOIN costing_sheet s ON s.node = r.node AND s.node_type = 'surcharge'
WHERE r.rate >= 5 OR (r.rate >= 3 AND r.rate = floor(r.rate))
