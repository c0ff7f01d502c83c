-- Hours of every activity or operation of a structure: per unit, and charged per lot.
-- hours per unit = run time x throughput ratio; hours per lot = set-up (route), or run time of the quantity by which the lot
-- is below the process quantity (flow). Source: contract 6 (the lot), domain 1.7, 5 #49. Inputs: structures, kanban_rules,
-- activities, activity_ratios, resource_groups, route_operations, per_unit_quantities. Key: structure, line.
WITH flow_hours AS (
    SELECT s.structure, s.lot, a.activity AS line, g.run_time_cost_category AS cost_category, a.process_quantity,
           CAST(p.quotient * COALESCE(q.throughput_ratio, CAST(1 AS DECIMAL(18, 9))) AS DECIMAL(23, 15)) AS hours_per_unit
    FROM structures s
    JOIN kanban_rules r ON r.kanban_rule = s.kanban_rule
    JOIN activities first_one ON first_one.production_flow = s.production_flow AND first_one.activity = r.first_activity
    JOIN activities last_one ON last_one.production_flow = s.production_flow AND last_one.activity = r.last_activity
    JOIN activities a
        ON a.production_flow = s.production_flow AND a.sequence BETWEEN first_one.sequence AND last_one.sequence
        AND a.activity_type = 'process'
    JOIN resource_groups g ON g.resource_group = a.resource_group AND g.vendor IS NULL
    JOIN per_unit_quantities p ON p.purpose = 'activity' AND p.owner = a.production_flow AND p.line = a.activity
    LEFT JOIN activity_ratios q
        ON q.production_flow = a.production_flow AND q.activity = a.activity AND q.item = s.item
    WHERE g.run_time_cost_category IS NOT NULL
)
SELECT structure, line, cost_category, hours_per_unit,
       CASE WHEN process_quantity > lot
            THEN CAST(hours_per_unit * CAST(process_quantity - lot AS DECIMAL(15, 6)) AS DECIMAL(38, 18))
            ELSE CAST(0 AS DECIMAL(38, 18)) END AS hours_per_lot
FROM flow_hours
UNION ALL
SELECT s.structure, o.operation || '/run', COALESCE(o.run_time_cost_category, g.run_time_cost_category),
       CAST(p.quotient AS DECIMAL(23, 15)), CAST(0 AS DECIMAL(38, 18))
FROM structures s
JOIN route_operations o ON o.route = s.route
JOIN resource_groups g ON g.resource_group = o.resource_group
JOIN per_unit_quantities p ON p.purpose = 'operation' AND p.owner = o.route AND p.line = o.operation
WHERE COALESCE(o.run_time_cost_category, g.run_time_cost_category) IS NOT NULL
UNION ALL
SELECT s.structure, o.operation || '/setup', COALESCE(o.setup_cost_category, g.setup_cost_category),
       CAST(0 AS DECIMAL(23, 15)), CAST(o.setup_hours AS DECIMAL(38, 18))
FROM structures s
JOIN route_operations o ON o.route = s.route
JOIN resource_groups g ON g.resource_group = o.resource_group
WHERE o.setup_hours > 0 AND COALESCE(o.setup_cost_category, g.setup_cost_category) IS NOT NULL
