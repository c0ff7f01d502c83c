-- Which row of indirect_rates a calculation takes each overhead rate from ('' = the rate for all items).
-- The version beats its fallbacks, then the item its master and that all items, the site all sites, then the latest from_date.
-- Source: domain 1.5, contract 2. Inputs: calculation, version_chain, sites, items, indirect_rates. Key: node, site, item.
WITH lenders AS (
    SELECT '' AS item, '' AS record_item, 0 AS item_rank
    UNION ALL SELECT item, item, 0 FROM items
    UNION ALL SELECT item, product_master, 1 FROM items WHERE product_master IS NOT NULL AND product_master <> item
    UNION ALL SELECT item, '', 2 FROM items
)
SELECT r.node, s.site, l.item, r.costing_version, r.site AS record_site, r.item AS record_item, r.from_date
FROM indirect_rates r
JOIN lenders l ON l.record_item = COALESCE(r.item, '')
JOIN version_chain v ON v.costing_version = r.costing_version
JOIN sites s ON r.site IS NULL OR r.site = s.site
JOIN calculation c ON r.from_date <= c.calculation_date
QUALIFY row_number() OVER (
    PARTITION BY r.node, s.site, l.item ORDER BY v.place, l.item_rank, r.site IS NULL, r.from_date DESC) = 1
