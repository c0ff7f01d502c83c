-- Which active standard price record of an item holds at a site, from which day to which.
-- A record of the item beats its master's, one of the site beats one for all sites, then the latest from_date.
-- Source: contract 2 (several records that fit a date), contract 4 (standard cost of the posting date); domain 5 #40.
-- Inputs: items, production_flows, item_prices, costing_versions. Key: item, site, valid_from.
WITH lenders AS (
    SELECT item, item AS record_item, 0 AS item_rank FROM items
    UNION ALL
    SELECT item, product_master, 1 FROM items WHERE product_master IS NOT NULL AND product_master <> item
),
sites_of_flows AS (SELECT DISTINCT site FROM production_flows),
candidates AS (
    SELECT l.item, s.site, l.item_rank, p.costing_version, p.item AS record_item, p.site AS record_site,
           p.from_date, p.unit_cost, CASE WHEN p.site IS NULL THEN 1 ELSE 0 END AS site_rank
    FROM lenders l
    JOIN item_prices p ON p.item = l.record_item AND p.status = 'active'
    JOIN costing_versions v ON v.costing_version = p.costing_version AND v.costing_type = 'standard'
    JOIN sites_of_flows s ON p.site IS NULL OR p.site = s.site
),
days AS (SELECT DISTINCT item, site, from_date AS valid_from FROM candidates),
ranked AS (
    SELECT d.item, d.site, d.valid_from, c.costing_version, c.record_item, c.record_site, c.from_date, c.unit_cost,
           row_number() OVER (
               PARTITION BY d.item, d.site, d.valid_from
               ORDER BY c.item_rank, c.site_rank, c.from_date DESC, c.costing_version) AS place
    FROM days d JOIN candidates c ON c.item = d.item AND c.site = d.site AND c.from_date <= d.valid_from
)
SELECT item, site, valid_from,
       ends(lead(valid_from) OVER (PARTITION BY item, site ORDER BY valid_from) - 1) AS valid_to,
       costing_version, record_item, record_site, from_date, unit_cost,
       costing_version || '/' || record_item || '/' || COALESCE(record_site, '') || '/' || CAST(from_date AS VARCHAR)
           AS record
FROM ranked
WHERE place = 1
ORDER BY item, site, valid_from
