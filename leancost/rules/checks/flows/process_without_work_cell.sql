-- C10 (warning): a process activity without work cell.
-- Source: contract 4.
-- Inputs: activities. Key: subject, problem.
SELECT 'activities' AS table_name, [production_flow, activity] AS key_parts,
       'activity ' || activity || ' of flow ' || production_flow AS subject, 'has no work cell: its jobs post no conversion'
       AS problem, 'Give it a resource group, or accept it' AS remedy
FROM activities WHERE activity_type = 'process' AND resource_group IS NULL
