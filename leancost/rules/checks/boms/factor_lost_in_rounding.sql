-- C87 (warning): a factor per unit that the ninth decimal turns into nothing, or moves by more than a per mille.
-- A = numerator x 10^18, B = denominator x 10^9, whole numbers: A / B in units of the ninth decimal, and what rounding moves is
-- the smaller of A mod B and B - A mod B; more than a per mille where 1000 times that is above A.
-- Source: contract 1 (per-unit factors are divided once, half-up to 9 decimals). Inputs: bom_lines, boms, kanban_rules, items,
-- routes, activities, route_operations. Key: subject, problem.
WITH lots AS (
    SELECT b.bom, r.quantity AS lot, 'the lot of rule ' || r.kanban_rule AS lot_name
    FROM boms b JOIN kanban_rules r ON r.item = b.item AND r.kanban_type = 'manufacturing'
    UNION
    SELECT b.bom, i.default_order_quantity, 'the default order quantity of ' || i.item
    FROM boms b JOIN items i ON i.item = b.item
),
factors AS (
    SELECT 'bom_lines' AS table_name, [l.bom, l.line] AS key_parts, 'BOM ' || l.bom || ' line ' || l.line AS subject,
           CAST(l.quantity AS VARCHAR) || ' of ' || l.component || ' for ' || CAST(b.quantity AS VARCHAR) AS factor,
           CAST(l.quantity AS DECIMAL(38, 18)) AS numerator, CAST(b.quantity AS DECIMAL(38, 9)) AS denominator
    FROM bom_lines l JOIN boms b ON b.bom = l.bom
    WHERE l.consumption = 'variable'
    UNION ALL
    SELECT 'bom_lines', [l.bom, l.line], 'BOM ' || l.bom || ' line ' || l.line,
           CAST(CASE l.consumption WHEN 'constant' THEN l.quantity + l.constant_scrap ELSE l.constant_scrap END AS VARCHAR)
               || ' of ' || l.component || ' for ' || t.lot_name || ', ' || CAST(t.lot AS VARCHAR),
           CAST(CASE l.consumption WHEN 'constant' THEN l.quantity + l.constant_scrap ELSE l.constant_scrap END
                AS DECIMAL(38, 18)), CAST(t.lot AS DECIMAL(38, 9))
    FROM bom_lines l JOIN lots t ON t.bom = l.bom
    UNION ALL
    SELECT 'activities', [production_flow, activity], 'activity ' || activity || ' of flow ' || production_flow,
           CAST(run_time_hours AS VARCHAR) || ' hours for ' || CAST(run_time_quantity AS VARCHAR),
           CAST(run_time_hours AS DECIMAL(38, 18)), CAST(run_time_quantity AS DECIMAL(38, 9))
    FROM activities
    UNION ALL
    SELECT 'route_operations', [route, operation], 'operation ' || operation || ' of route ' || route,
           CAST(run_time_hours AS VARCHAR) || ' hours for ' || CAST(run_time_quantity AS VARCHAR),
           CAST(run_time_hours AS DECIMAL(38, 18)), CAST(run_time_quantity AS DECIMAL(38, 9))
    FROM route_operations
    UNION ALL
    SELECT 'route_operations', [o.route, o.operation], 'operation ' || o.operation || ' of route ' || o.route,
           CAST(o.setup_hours AS VARCHAR) || ' hours of set-up for the default order quantity of ' || i.item || ', '
               || CAST(i.default_order_quantity AS VARCHAR),
           CAST(o.setup_hours AS DECIMAL(38, 18)), CAST(i.default_order_quantity AS DECIMAL(38, 9))
    FROM route_operations o
    JOIN routes r ON r.route = o.route
    JOIN items i ON i.item = r.item
),
whole_numbers AS (
    SELECT table_name, key_parts, subject, factor,
           CAST(floor(numerator) AS HUGEINT) * CAST(1000000000000000000 AS HUGEINT)
               + CAST((numerator - floor(numerator)) * CAST(1000000000000000000 AS HUGEINT) AS HUGEINT) AS a,
           CAST(denominator * CAST(1000000000 AS DECIMAL(10, 0)) AS HUGEINT) AS b
    FROM factors
    WHERE numerator > 0 AND denominator > 0
)
SELECT DISTINCT table_name, key_parts, subject,
       factor || CASE WHEN 2 * a < b THEN ' rounds to nothing in the ninth decimal, per unit'
                      ELSE ' moves by more than a per mille in the ninth decimal, per unit' END AS problem,
       CASE table_name WHEN 'bom_lines' THEN 'Use a smaller unit, or accept it'
                       ELSE 'Count what is made in a larger unit, or accept it' END AS remedy
FROM whole_numbers
WHERE least(a % b, b - a % b) * 1000 > a
