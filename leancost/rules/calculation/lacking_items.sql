-- Why an item that was asked for has no calculated cost: no active rule or route, no BOM at its site, or nothing that costs.
-- Of items that were not named only those that a BOM, a manufacturing rule or a route is for.
-- Source: contract 6 (each item is calculated at each site where it has a BOM and a route, or a rule). Inputs: calculation,
-- asked_items, boms, kanban_rules, routes, valid_boms, valid_routes, active_rules, standard_costs. Key: item, site.
WITH wanted AS (
    SELECT CAST(calculation_date AS VARCHAR) AS day,
           CASE basis WHEN 'route' THEN 'route' WHEN 'default' THEN 'route or active manufacturing rule'
                      ELSE 'active manufacturing rule' END AS way
    FROM calculation
),
candidates AS (
    SELECT item FROM asked_items WHERE is_named
    UNION SELECT a.item FROM asked_items a JOIN boms b ON b.item = a.item
    UNION SELECT a.item FROM asked_items a JOIN routes t ON t.item = a.item
    UNION SELECT a.item FROM asked_items a JOIN kanban_rules r ON r.item = a.item AND r.kanban_type = 'manufacturing'
),
ways AS (
    SELECT r.item, r.site, 'flow ' || r.production_flow AS way FROM active_rules r JOIN calculation c ON c.basis <> 'route'
    UNION
    SELECT t.item, t.site, 'route ' || t.route FROM valid_routes t JOIN calculation c ON c.basis <> 'production_flow'
)
SELECT i.item, '' AS site,
       i.item || ' has no ' || w.way || ' on ' || w.day
           || CASE WHEN v.item IS NOT NULL THEN '' ELSE ', nor a BOM that holds on that day' END AS problem
FROM candidates i
CROSS JOIN wanted w
LEFT JOIN (SELECT DISTINCT item FROM valid_boms) v ON v.item = i.item
WHERE NOT EXISTS (SELECT 1 FROM ways y WHERE y.item = i.item)
UNION ALL
SELECT i.item, y.site,
       i.item || CASE WHEN v.item IS NULL
           THEN ' has no BOM that holds on ' || w.day || ' at site ' || y.site || ', where ' || y.way || ' makes it'
           ELSE ' at site ' || y.site || ' is made of nothing that costs: BOM ' || v.bom || ' and ' || y.way
               || ' have no line, hour or service that counts' END
FROM candidates i
JOIN ways y ON y.item = i.item
CROSS JOIN wanted w
LEFT JOIN valid_boms v ON v.item = y.item AND v.site = y.site
LEFT JOIN standard_costs s ON s.item = y.item AND s.site = y.site
WHERE s.item IS NULL
