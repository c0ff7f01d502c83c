-- C54 (warning): a process activity of an own work cell without run time.
-- Source: contract 4 (conversion); domain 1.3 (run time is mandatory).
-- Inputs: activities, resource_groups. Key: subject, problem.
SELECT 'activities' AS table_name, [a.production_flow, a.activity] AS key_parts,
       'activity ' || a.activity || ' of flow ' || a.production_flow AS subject,
       'has no run time: its jobs post no conversion' AS problem, 'Give it run time hours, or accept it' AS remedy, a.production_flow
FROM activities a JOIN resource_groups g ON g.resource_group = a.resource_group
WHERE a.activity_type = 'process' AND g.vendor IS NULL AND a.run_time_hours = 0
