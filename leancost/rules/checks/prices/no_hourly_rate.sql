-- C09 (error): a cost category without active hourly rate.
-- Source: domain 5, validation list.
-- Inputs: activities, resource_groups, production_flows, cost_category_prices, costing_versions. Key: subject, problem.
SELECT DISTINCT 'cost_category_prices' AS table_name, NULL AS key_parts,
       'cost category ' || g.run_time_cost_category || ' at site ' || f.site AS subject,
       'has no active hourly rate in a standard version' AS problem, 'Add an active rate' AS remedy
FROM activities a
JOIN resource_groups g ON g.resource_group = a.resource_group AND g.vendor IS NULL
JOIN production_flows f ON f.production_flow = a.production_flow
WHERE a.activity_type = 'process' AND g.run_time_cost_category IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM cost_category_prices p
    JOIN costing_versions v ON v.costing_version = p.costing_version AND v.costing_type = 'standard'
    WHERE p.status = 'active' AND p.cost_category = g.run_time_cost_category AND (p.site IS NULL OR p.site = f.site))
