-- C13 (warning): a process activity on a resource group that is no work cell.
-- Source: domain 1.2.
-- Inputs: activities, resource_groups. Key: subject, problem.
SELECT DISTINCT 'resource_groups' AS table_name, [g.resource_group] AS key_parts,
       'resource group ' || g.resource_group AS subject, 'does process activities but is no work cell' AS problem,
       'Mark it as a work cell' AS remedy
FROM activities a JOIN resource_groups g ON g.resource_group = a.resource_group
WHERE a.activity_type = 'process' AND NOT g.is_work_cell
