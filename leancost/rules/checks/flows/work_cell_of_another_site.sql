-- C71 (warning): an activity, or an operation, done by an own resource group of another site: its hours are priced at the
-- site of the flow, or of the route. A vendor may work for any.
-- Source: contract 2 (resource_groups.site, production_flows.site, routes.site), 4 (conversion), 6 (at each site).
-- Decision: D101.
-- Inputs: activities, production_flows, route_operations, routes, resource_groups. Key: subject, problem.
WITH places AS (
    SELECT 'activities' AS table_name, [a.production_flow, a.activity] AS key_parts, a.resource_group,
           'activity ' || a.activity || ' of flow ' || a.production_flow AS subject, 'flow' AS owner, f.site,
           a.production_flow
    FROM activities a JOIN production_flows f ON f.production_flow = a.production_flow
    WHERE a.activity_type = 'process'
    UNION ALL
    SELECT 'route_operations', [o.route, o.operation], o.resource_group,
           'operation ' || o.operation || ' of route ' || o.route, 'route', t.site, NULL
    FROM route_operations o JOIN routes t ON t.route = o.route
)
SELECT p.table_name, p.key_parts, p.subject,
       'is done by resource group ' || p.resource_group || ' of site ' || g.site || ', but its ' || p.owner || ' is of site '
           || p.site || ': the hourly rate of site ' || p.site || ' counts' AS problem,
       'Name a resource group of that site, or accept it' AS remedy, p.production_flow
FROM places p JOIN resource_groups g ON g.resource_group = p.resource_group AND g.vendor IS NULL
WHERE g.site <> p.site
