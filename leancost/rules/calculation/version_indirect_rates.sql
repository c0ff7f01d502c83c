-- The rate of every costing sheet node for every item at every site on the calculation date ('' = all items).
-- lent_by: the fallback that lends the rate, empty where the version has one.
-- Source: domain 1.5, contract 2 (indirect_rates). Inputs: calculation, version_chain, items, sites, indirect_rates.
-- Key: node, site, item.
WITH lenders AS (
    SELECT '' AS item, '' AS record_item, 0 AS item_rank
    UNION ALL SELECT item, item, 0 FROM items
    UNION ALL SELECT item, product_master, 1 FROM items WHERE product_master IS NOT NULL AND product_master <> item
    UNION ALL SELECT item, '', 2 FROM items
),
ranked AS (
    SELECT r.node, s.site, l.item, r.rate, CASE WHEN v.place > 0 THEN r.costing_version END AS lent_by,
           row_number() OVER (
               PARTITION BY r.node, s.site, l.item
               ORDER BY v.place, l.item_rank, CASE WHEN r.site IS NULL THEN 1 ELSE 0 END, r.from_date DESC) AS place
    FROM indirect_rates r
    JOIN lenders l ON l.record_item = COALESCE(r.item, '')
    JOIN version_chain v ON v.costing_version = r.costing_version
    JOIN sites s ON r.site IS NULL OR r.site = s.site
    CROSS JOIN calculation c
    WHERE r.from_date <= c.calculation_date
)
SELECT node, site, item, rate, lent_by FROM ranked WHERE place = 1
