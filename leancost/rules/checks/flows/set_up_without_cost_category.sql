-- C64 (warning): an operation of an own resource group with set-up hours that have no cost category: they cost nothing.
-- Source: contract 2 (route_operations: the category defaults to the resource group's); domain 1.7.
-- Inputs: route_operations, resource_groups. Key: subject, problem.
SELECT 'route_operations' AS table_name, [o.route, o.operation] AS key_parts,
       'operation ' || o.operation || ' of route ' || o.route AS subject,
       'has set-up hours, but neither it nor its resource group ' || o.resource_group || ' has a set-up cost category: they'
           || ' cost nothing' AS problem,
       'Give it a set-up cost category, or accept it' AS remedy
FROM route_operations o JOIN resource_groups g ON g.resource_group = o.resource_group
WHERE g.vendor IS NULL AND o.setup_hours > 0 AND o.setup_cost_category IS NULL AND g.setup_cost_category IS NULL
