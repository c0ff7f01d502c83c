-- C08 (error): a work cell without run-time cost category whose process activities take time: their hours would be lost.
-- Activities without run time are C54. Source: seed, cost category; domain 5, validation list; contract 4 (conversion).
-- Inputs: activities, resource_groups. Key: subject, problem.
SELECT DISTINCT 'resource_groups' AS table_name, [g.resource_group] AS key_parts,
       'work cell ' || g.resource_group AS subject, 'has no run-time cost category, but does process activities'
       AS problem, 'Give it a cost category of a direct manufacturing cost group' AS remedy
FROM activities a JOIN resource_groups g ON g.resource_group = a.resource_group
WHERE a.activity_type = 'process' AND g.vendor IS NULL AND g.run_time_cost_category IS NULL
    AND a.run_time_hours > 0
