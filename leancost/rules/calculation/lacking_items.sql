-- Why an item that is made has no calculated cost: no rule or route holds, no BOM at its site, or nothing that costs.
-- Made is what a manufacturing rule (by flow) or a route (by route) is for on any day, or a BOM that neither is for, unless
-- it is of a phantom. What the other basis makes is no gap, and what the calculation's warnings say already is not said
-- again; but where nothing at all is calculated every reason is told. A route for all sites need not find a BOM at each.
-- Source: contract 6 (each item is calculated at each site where it has a BOM and a route, or a rule; without --item).
-- Decision: D98.
-- Inputs: calculation, asked_items, boms, bom_lines, kanban_rules, production_flows, routes, valid_boms, valid_routes,
-- active_rules, standard_costs.
-- Key: item, site, problem.
WITH wanted AS (
    SELECT CAST(calculation_date AS VARCHAR) AS day, basis,
           CASE basis WHEN 'route' THEN 'route' WHEN 'default' THEN 'route or active manufacturing rule'
                      ELSE 'active manufacturing rule' END AS way,
           (SELECT count(*) FROM standard_costs) = 0 AS is_empty
    FROM calculation
),
makers AS (
    SELECT r.item, f.site, 'production_flow' AS basis
    FROM kanban_rules r JOIN production_flows f ON f.production_flow = r.production_flow
    WHERE r.kanban_type = 'manufacturing'
    UNION
    SELECT item, site, 'route' FROM routes
),
made AS (
    SELECT m.item, m.site FROM makers m JOIN wanted w ON w.basis IN (m.basis, 'default') OR w.is_empty
    UNION
    SELECT b.item, NULL FROM valid_boms b
    WHERE b.item NOT IN (SELECT item FROM makers)
        AND b.item NOT IN (SELECT component FROM bom_lines WHERE line_type = 'phantom')
    UNION
    SELECT b.item, NULL FROM boms b JOIN wanted w ON w.is_empty
),
ways AS (
    SELECT r.item, r.site, 'flow ' || r.production_flow AS way, FALSE AS is_route, FALSE AS for_all_sites
    FROM active_rules r JOIN wanted w ON w.basis <> 'route'
    UNION
    SELECT v.item, v.site, 'route ' || v.route, TRUE, t.site IS NULL
    FROM valid_routes v
    JOIN routes t ON t.route = v.route
    JOIN wanted w ON w.basis <> 'production_flow'
)
SELECT DISTINCT m.item, CASE WHEN y.item IS NULL THEN '' ELSE m.site END AS site,
       m.item || ' has no ' || w.way || ' on ' || w.day
           || CASE WHEN y.item IS NOT NULL THEN ' at site ' || m.site
                   WHEN v.item IS NULL THEN ', nor a BOM that holds on that day' ELSE '' END AS problem
FROM made m
JOIN asked_items a ON a.item = m.item
CROSS JOIN wanted w
LEFT JOIN (SELECT DISTINCT item FROM valid_boms) v ON v.item = m.item
LEFT JOIN (SELECT DISTINCT item FROM ways) y ON y.item = m.item
WHERE NOT EXISTS (SELECT 1 FROM ways o WHERE o.item = m.item AND o.site = COALESCE(m.site, o.site))
UNION ALL
SELECT y.item, y.site,
       y.item || CASE WHEN v.item IS NULL
           THEN ' has no BOM that holds on ' || w.day || ' at site ' || y.site || ', where ' || y.way || ' makes it'
           ELSE ' at site ' || y.site || ' is made of nothing that costs: BOM ' || v.bom || ' and ' || y.way
               || ' have no line, hour or service that counts' END
FROM ways y
JOIN asked_items a ON a.item = y.item
CROSS JOIN wanted w
LEFT JOIN valid_boms v ON v.item = y.item AND v.site = y.site
WHERE NOT EXISTS (
        SELECT 1 FROM standard_costs s WHERE s.item = y.item AND (y.for_all_sites OR s.site = y.site))
    AND (w.is_empty OR (y.is_route AND v.item IS NULL))
