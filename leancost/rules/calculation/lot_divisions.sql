-- What a calculation spreads over the costing lot: constant consumption, constant scrap, and hours per lot.
-- Source: contract 1 (per-lot quantity / lot), contract 2 (bom_lines); domain 1.6. Inputs: needed_structures, bom_lines,
-- structure_hours. Key: purpose, owner, line.
SELECT 'lot_component' AS purpose, s.structure AS owner, l.line,
       CAST(CASE l.consumption WHEN 'constant' THEN l.quantity + l.constant_scrap ELSE l.constant_scrap END
            AS DECIMAL(38, 18)) AS numerator,
       CAST(s.lot AS DECIMAL(18, 9)) AS denominator
FROM needed_structures s
JOIN bom_lines l ON l.bom = s.bom
WHERE s.lot > 0 AND (l.consumption = 'constant' OR l.constant_scrap > 0)
UNION ALL
SELECT 'lot_hours', h.structure, h.line, h.hours_per_lot, CAST(s.lot AS DECIMAL(18, 9))
FROM structure_hours h JOIN needed_structures s ON s.structure = h.structure
WHERE s.lot > 0 AND h.hours_per_lot > 0
