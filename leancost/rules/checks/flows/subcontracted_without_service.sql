-- C52 (error): a subcontracted activity without service.
-- Source: seed, cost category (the cost group of the service is used instead); domain 5, validation list.
-- Decision: D52.
-- Inputs: activities, resource_groups. Key: subject, problem.
SELECT 'activities' AS table_name, [a.production_flow, a.activity] AS key_parts,
       'activity ' || a.activity || ' of flow ' || a.production_flow AS subject,
       'is done by vendor ' || g.vendor || ' but names no service: it costs nothing' AS problem,
       'Give it the service that the vendor is paid for' AS remedy, a.production_flow
FROM activities a JOIN resource_groups g ON g.resource_group = a.resource_group
WHERE g.vendor IS NOT NULL AND a.service_item IS NULL
