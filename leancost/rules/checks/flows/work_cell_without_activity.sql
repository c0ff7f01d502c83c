-- C73 (warning): a work cell that no activity of a flow and no operation of a route uses.
-- Source: contract 2 (resource_groups). Inputs: resource_groups, activities, route_operations. Key: subject, problem.
SELECT 'resource_groups' AS table_name, [g.resource_group] AS key_parts, 'work cell ' || g.resource_group AS subject,
       'does nothing: no activity and no operation names it' AS problem,
       'Name it at its activities, or take it out' AS remedy
FROM resource_groups g
WHERE g.is_work_cell
    AND g.resource_group NOT IN (SELECT resource_group FROM activities WHERE resource_group IS NOT NULL)
    AND g.resource_group NOT IN (SELECT resource_group FROM route_operations)
