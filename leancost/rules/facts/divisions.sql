-- What is divided once: net BOM quantities and run times.
-- numerator / denominator, both in the units of the line: components per product, hours per product.
-- Source: contract 1 (division happens in one place only), contract 2 (boms, bom_lines, activities).
-- Inputs: boms, bom_lines, activities. Key: purpose, owner, line.
SELECT 'bom_line_net' AS purpose, l.bom AS owner, l.line,
       CAST(l.quantity AS DECIMAL(38, 18)) AS numerator, b.quantity AS denominator
FROM bom_lines l JOIN boms b ON b.bom = l.bom
WHERE b.quantity > 0
UNION ALL
SELECT 'activity', a.production_flow, a.activity,
       CAST(a.run_time_hours AS DECIMAL(38, 18)), a.run_time_quantity
FROM activities a
WHERE a.run_time_quantity > 0
