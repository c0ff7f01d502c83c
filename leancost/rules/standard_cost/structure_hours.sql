-- Hours of every activity or operation of a needed structure: per unit, and charged per lot.
-- hours per unit = run time x throughput ratio; hours per lot = set-up (route), or run time of the quantity by which the lot
-- is below the process quantity (flow). Source: contract 6 (the lot), domain 1.7, 5 #49. Inputs: needed_structures,
-- rule_activities, resource_groups, route_operations, per_unit_quantities. Key: structure, line.
SELECT s.structure, s.item, s.site, a.activity AS line, a.cost_category, a.hours_per_unit,
       CASE WHEN a.process_quantity > s.lot
            THEN CAST(a.hours_per_unit * CAST(a.process_quantity - s.lot AS DECIMAL(15, 6)) AS DECIMAL(38, 18))
            ELSE CAST(0 AS DECIMAL(38, 18)) END AS hours_per_lot
FROM needed_structures s
JOIN rule_activities a ON a.kanban_rule = s.kanban_rule AND a.cost_category IS NOT NULL
UNION ALL
SELECT s.structure, s.item, s.site, o.operation || '/run',
       COALESCE(o.run_time_cost_category, g.run_time_cost_category), CAST(p.quotient AS DECIMAL(23, 15)),
       CAST(0 AS DECIMAL(38, 18))
FROM needed_structures s
JOIN route_operations o ON o.route = s.route
JOIN resource_groups g ON g.resource_group = o.resource_group
JOIN per_unit_quantities p ON p.purpose = 'operation' AND p.owner = o.route AND p.line = o.operation
WHERE COALESCE(o.run_time_cost_category, g.run_time_cost_category) IS NOT NULL
UNION ALL
SELECT s.structure, s.item, s.site, o.operation || '/setup', COALESCE(o.setup_cost_category, g.setup_cost_category),
       CAST(0 AS DECIMAL(23, 15)), CAST(o.setup_hours AS DECIMAL(38, 18))
FROM needed_structures s
JOIN route_operations o ON o.route = s.route
JOIN resource_groups g ON g.resource_group = o.resource_group
WHERE o.setup_hours > 0 AND COALESCE(o.setup_cost_category, g.setup_cost_category) IS NOT NULL
