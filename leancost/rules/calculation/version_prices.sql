-- The cost price record of every item at every site on the calculation date, in the version or one it falls back to.
-- The version beats its fallbacks, then the item its master, the site all sites, then the latest from_date. lent_by: the
-- fallback that lends the record, empty where the version has one.
-- Source: domain 1.5 (fallback; pending records are read too), contract 2. Inputs: calculation, version_chain, items, sites,
-- item_prices. Key: item, site.
WITH lenders AS (
    SELECT item, item AS record_item, 0 AS item_rank FROM items
    UNION ALL
    SELECT item, product_master, 1 FROM items WHERE product_master IS NOT NULL AND product_master <> item
),
ranked AS (
    SELECT l.item, s.site, p.costing_version, p.item AS record_item, p.site AS record_site, p.from_date, p.unit_cost,
           CASE WHEN v.place > 0 THEN p.costing_version END AS lent_by,
           row_number() OVER (
               PARTITION BY l.item, s.site
               ORDER BY v.place, l.item_rank, CASE WHEN p.site IS NULL THEN 1 ELSE 0 END, p.from_date DESC) AS place
    FROM lenders l
    JOIN item_prices p ON p.item = l.record_item
    JOIN version_chain v ON v.costing_version = p.costing_version
    JOIN sites s ON p.site IS NULL OR p.site = s.site
    CROSS JOIN calculation c
    WHERE p.from_date <= c.calculation_date
)
SELECT item, site, costing_version, record_item, record_site, from_date, unit_cost, lent_by FROM ranked WHERE place = 1
