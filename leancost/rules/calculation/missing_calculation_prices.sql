-- What the needed structures lack: a price of a component or service, an hourly rate, what a component is flattened into;
-- and a component's price record that its breakdown does not add up to: its parts are what would count.
-- Source: contract 2 (item_prices.unit_cost = sum of cost), 5 (exit status), domain 1.7 (warnings). Decision: D53.
-- Inputs: calculation, needed_structures, reported_structures, components, structure_services, structure_hours,
-- version_prices, version_hourly_rates, item_price_breakdown.
-- Key: table_name, problem.
WITH priced_items AS (
    SELECT item, site FROM version_prices
    UNION
    SELECT item, site FROM reported_structures
),
used AS (
    SELECT c.component, c.site, c.item, c.is_flattened, c.flattened_structure
    FROM components c JOIN needed_structures n ON n.structure = c.structure AND n.rule_place = 1
    UNION ALL
    SELECT v.service_item, v.site, v.item, FALSE, NULL
    FROM structure_services v JOIN needed_structures n ON n.structure = v.structure AND n.rule_place = 1
),
missing AS (
    SELECT 'item_prices' AS table_name, u.component AS resource, u.item, u.site, 'cost price' AS what
    FROM used u
    ANTI JOIN priced_items p ON p.item = u.component AND p.site = u.site
    WHERE NOT u.is_flattened
    UNION
    SELECT 'boms', component, item, site, 'BOM, rule or route to be flattened' FROM used
    WHERE is_flattened AND flattened_structure IS NULL
    UNION
    SELECT 'cost_category_prices', h.cost_category, h.item, h.site, 'hourly rate'
    FROM structure_hours h
    JOIN needed_structures n ON n.structure = h.structure AND n.rule_place = 1
    ANTI JOIN version_hourly_rates r ON r.cost_category = h.cost_category AND r.site = h.site
),
records AS (
    SELECT DISTINCT p.costing_version, p.record_item, p.record_site, p.from_date, p.unit_cost
    FROM used u
    JOIN version_prices p ON p.item = u.component AND p.site = u.site
    ANTI JOIN reported_structures r ON r.item = u.component AND r.site = u.site
    WHERE NOT u.is_flattened
)
SELECT m.table_name, m.resource || ', needed by ' || m.item || ', has no ' || m.what || ' at site ' || m.site || ' on '
       || CAST(c.calculation_date AS VARCHAR) || ' in version ' || c.costing_version AS problem,
       'Add it to ' || m.table_name AS remedy
FROM missing m CROSS JOIN calculation c
UNION ALL
SELECT 'item_prices', r.record_item || ' of ' || CAST(r.from_date AS VARCHAR) || ' in version ' || r.costing_version
       || ' has unit cost ' || CAST(r.unit_cost AS VARCHAR) || ', its breakdown adds up to ' || CAST(sum(b.cost) AS VARCHAR),
       'Calculate it in the same run, or correct it'
FROM records r
JOIN item_price_breakdown b
    ON b.costing_version = r.costing_version AND b.item = r.record_item AND b.from_date = r.from_date
    AND COALESCE(b.site, '') = COALESCE(r.record_site, '')
GROUP BY r.costing_version, r.record_item, r.record_site, r.from_date, r.unit_cost
HAVING sum(b.cost) <> r.unit_cost
