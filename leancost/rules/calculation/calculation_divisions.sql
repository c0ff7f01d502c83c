-- What a calculation divides once: BOM lines by the BOM quantity, run times by their quantity.
-- variable line: quantity x (1 + variable scrap) / BOM quantity; run time: hours / run time quantity.
-- Source: contract 1 (division), contract 2 (bom_lines); domain 1.6. Inputs: bom_lines, boms, activities, route_operations.
-- Key: purpose, owner, line.
SELECT 'bom_line' AS purpose, l.bom AS owner, l.line,
       CAST(CAST(l.quantity AS DECIMAL(19, 9)) * (1 + l.variable_scrap) AS DECIMAL(38, 18)) AS numerator,
       b.quantity AS denominator
FROM bom_lines l JOIN boms b ON b.bom = l.bom
WHERE l.consumption = 'variable' AND b.quantity > 0
UNION ALL
SELECT 'activity', production_flow, activity, CAST(run_time_hours AS DECIMAL(38, 18)), run_time_quantity
FROM activities WHERE run_time_quantity > 0
UNION ALL
SELECT 'operation', route, operation, CAST(run_time_hours AS DECIMAL(38, 18)), run_time_quantity
FROM route_operations WHERE run_time_quantity > 0
