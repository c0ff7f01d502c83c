-- C14 (warning): cost category of a subcontracted work cell in another cost group than its service.
-- Source: domain 5 #48.
-- Inputs: activities, resource_groups, cost_categories, items. Key: subject, problem.
SELECT DISTINCT 'resource_groups' AS table_name, [g.resource_group] AS key_parts,
       'work cell ' || g.resource_group AS subject, 'is subcontracted; its cost category is of group ' || c.cost_group
       || ', the service ' || i.item || ' of group ' || i.cost_group || ': the service counts' AS problem,
       'Remove the cost category' AS remedy
FROM activities a
JOIN resource_groups g ON g.resource_group = a.resource_group AND g.vendor IS NOT NULL
JOIN cost_categories c ON c.cost_category = g.run_time_cost_category
JOIN items i ON i.item = a.service_item
WHERE c.cost_group <> i.cost_group
