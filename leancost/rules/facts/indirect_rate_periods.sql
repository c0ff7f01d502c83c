-- Which active rate of a costing sheet node holds for an item at a site, from which day to which.
-- A record of the item beats its master's and that one for all items, the site's beats all sites', then the latest
-- from_date. The item '' is the rate for all items.
-- Source: contract 2 (indirect_rates); domain 5 #36, #40.
-- Inputs: items, production_flows, indirect_rates, costing_versions. Key: node, site, item, valid_from.
WITH lenders AS (
    SELECT '' AS item, '' AS record_item, 0 AS item_rank
    UNION ALL SELECT item, item, 0 FROM items
    UNION ALL SELECT item, product_master, 1 FROM items WHERE product_master IS NOT NULL AND product_master <> item
    UNION ALL SELECT item, '', 2 FROM items
),
sites_of_flows AS (SELECT DISTINCT site FROM production_flows),
candidates AS (
    SELECT r.node, s.site, l.item, l.item_rank, r.costing_version, r.from_date, r.rate,
           CASE WHEN r.site IS NULL THEN 1 ELSE 0 END AS site_rank
    FROM indirect_rates r
    JOIN costing_versions v ON v.costing_version = r.costing_version AND v.costing_type = 'standard'
    JOIN sites_of_flows s ON r.site IS NULL OR r.site = s.site
    JOIN lenders l ON l.record_item = COALESCE(r.item, '')
    WHERE r.status = 'active'
),
days AS (SELECT DISTINCT node, site, item, from_date AS valid_from FROM candidates),
ranked AS (
    SELECT d.node, d.site, d.item, d.valid_from, c.rate,
           row_number() OVER (
               PARTITION BY d.node, d.site, d.item, d.valid_from
               ORDER BY c.item_rank, c.site_rank, c.from_date DESC, c.costing_version) AS place
    FROM days d
    JOIN candidates c ON c.node = d.node AND c.site = d.site AND c.item = d.item AND c.from_date <= d.valid_from
)
SELECT node, site, item, valid_from,
       ends(lead(valid_from) OVER (PARTITION BY node, site, item ORDER BY valid_from) - 1) AS valid_to,
       rate
FROM ranked
WHERE place = 1
ORDER BY node, site, item, valid_from
