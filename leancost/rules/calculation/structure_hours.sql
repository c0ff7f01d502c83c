-- Hours of every activity or operation of a needed structure: per unit, and charged per lot.
-- hours per unit = run time x throughput ratio; hours per lot = set-up (route), or run time of the quantity by which the lot
-- is below the process quantity (flow). An operation's cost category defaults to its cell's, which at a subcontracted cell is
-- never costed. Source: contract 2 (route_operations), 6 (the lot), domain 1.7, 5 #48, #49. Inputs: needed_structures,
-- rule_activities, resource_groups, route_operations, per_unit_quantities. Key: structure, line.
WITH cells AS (
    SELECT resource_group, CASE WHEN vendor IS NULL THEN run_time_cost_category END AS own_run_time_category,
           CASE WHEN vendor IS NULL THEN setup_cost_category END AS own_setup_category
    FROM resource_groups
)
SELECT s.structure, s.item, s.site, a.activity AS line, a.cost_category, a.hours_per_unit,
       CASE WHEN a.process_quantity > s.lot
            THEN CAST(a.hours_per_unit * CAST(a.process_quantity - s.lot AS DECIMAL(15, 6)) AS DECIMAL(38, 18))
            ELSE CAST(0 AS DECIMAL(38, 18)) END AS hours_per_lot
FROM needed_structures s
JOIN rule_activities a ON a.kanban_rule = s.kanban_rule AND a.cost_category IS NOT NULL
UNION ALL
SELECT s.structure, s.item, s.site, o.operation || '/run',
       COALESCE(o.run_time_cost_category, g.own_run_time_category), CAST(p.quotient AS DECIMAL(23, 15)),
       CAST(0 AS DECIMAL(38, 18))
FROM needed_structures s
JOIN route_operations o ON o.route = s.route
JOIN cells g ON g.resource_group = o.resource_group
JOIN per_unit_quantities p ON p.purpose = 'operation' AND p.owner = o.route AND p.line = o.operation
WHERE COALESCE(o.run_time_cost_category, g.own_run_time_category) IS NOT NULL
UNION ALL
SELECT s.structure, s.item, s.site, o.operation || '/setup', COALESCE(o.setup_cost_category, g.own_setup_category),
       CAST(0 AS DECIMAL(23, 15)), CAST(o.setup_hours AS DECIMAL(38, 18))
FROM needed_structures s
JOIN route_operations o ON o.route = s.route
JOIN cells g ON g.resource_group = o.resource_group
WHERE o.setup_hours > 0 AND COALESCE(o.setup_cost_category, g.own_setup_category) IS NOT NULL
