-- C62 (error): an operation of an own resource group that runs but has no cost category: its hours would cost nothing.
-- Source: contract 2 (route_operations: the category defaults to the resource group's); domain 1.7.
-- Inputs: route_operations, resource_groups. Key: subject, problem.
SELECT 'route_operations' AS table_name, [o.route, o.operation] AS key_parts,
       'operation ' || o.operation || ' of route ' || o.route AS subject,
       'has no run-time cost category, nor has its resource group ' || o.resource_group || ': its hours cost nothing' AS problem,
       'Give it a cost category of a direct manufacturing cost group' AS remedy
FROM route_operations o JOIN resource_groups g ON g.resource_group = o.resource_group
WHERE g.vendor IS NULL AND o.run_time_hours > 0 AND o.run_time_cost_category IS NULL AND g.run_time_cost_category IS NULL
