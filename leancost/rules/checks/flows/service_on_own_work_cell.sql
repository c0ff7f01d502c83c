-- C53 (warning): a service on an activity of an own work cell.
-- Source: contract 2 (vendor: given = subcontracted), 4 (conversion, service).
-- Inputs: activities, resource_groups. Key: subject, problem.
SELECT 'activities' AS table_name, [a.production_flow, a.activity] AS key_parts,
       'activity ' || a.activity || ' of flow ' || a.production_flow AS subject,
       'names service ' || a.service_item || ' but is done in the own work cell ' || a.resource_group
           || ': its hours and the service are both charged' AS problem,
       'Use a subcontracted work cell, remove the service, or accept it' AS remedy, a.production_flow
FROM activities a JOIN resource_groups g ON g.resource_group = a.resource_group
WHERE a.activity_type = 'process' AND g.vendor IS NULL AND a.service_item IS NOT NULL AND a.run_time_hours > 0
