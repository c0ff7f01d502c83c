-- Why an item cannot be calculated: several flows without a default, or, of a named item, what it lacks.
-- Source: contract 5 (exit status), 6 (each item is calculated at each site ...; several flows); domain 1.7.
-- Inputs: calculation, asked_items, items, structures, reported_structures, valid_boms, valid_routes, active_rules.
-- Key: table_name, problem.
WITH undecided AS (
    SELECT s.item, s.site, string_agg(s.production_flow, ', ' ORDER BY s.production_flow) AS flows
    FROM structures s
    JOIN asked_items a ON a.item = s.item
    CROSS JOIN calculation c
    ANTI JOIN reported_structures r ON r.item = s.item AND r.site = s.site
    WHERE s.basis = 'production_flow' AND s.flow_count > 1 AND c.basis <> 'route'
    GROUP BY s.item, s.site
),
ways AS (
    SELECT r.item FROM active_rules r JOIN calculation c ON c.basis <> 'route'
    UNION
    SELECT t.item FROM valid_routes t JOIN calculation c ON c.basis <> 'production_flow'
),
wanted AS (
    SELECT CAST(calculation_date AS VARCHAR) AS day,
           CASE basis WHEN 'route' THEN 'route' WHEN 'default' THEN 'route or active manufacturing rule'
                      ELSE 'active manufacturing rule' END AS way
    FROM calculation
),
left_out AS (
    SELECT a.item FROM asked_items a
    ANTI JOIN reported_structures r ON r.item = a.item
    ANTI JOIN undecided u ON u.item = a.item
    WHERE a.is_named
)
SELECT 'default_production_flows' AS table_name,
       item || ' can be supplied by several flows at site ' || site || ': ' || flows AS problem,
       'Set its default production flow' AS remedy
FROM undecided
UNION ALL
SELECT 'items',
       o.item || CASE
           WHEN o.item NOT IN (SELECT item FROM items) THEN ' does not exist'
           WHEN o.item NOT IN (SELECT item FROM valid_boms) THEN ' has no BOM on ' || w.day
           WHEN o.item NOT IN (SELECT item FROM ways) THEN ' has no ' || w.way || ' on ' || w.day
           ELSE ' has no BOM at the site of its ' || w.way || ' on ' || w.day END,
       CASE WHEN o.item IN (SELECT item FROM items) THEN 'Add it, or leave the item out' ELSE 'Correct its name' END
FROM left_out o CROSS JOIN wanted w
