-- Which row of indirect_rates lends each overhead rate that holds.
-- A record of the item beats its master's and that one for all items, the site's beats all sites', then the latest from_date.
-- Source: contract 2 (several records that fit a date). Inputs: indirect_rate_periods, indirect_rates, costing_versions, items.
-- Key: node, site, item, valid_from.
SELECT r.node, r.site, r.item, r.valid_from, r.valid_to, p.costing_version, p.site AS record_site, p.item AS record_item,
       p.from_date
FROM indirect_rate_periods r
LEFT JOIN items i ON i.item = r.item
JOIN indirect_rates p
    ON p.node = r.node AND COALESCE(p.site, r.site) = r.site AND p.from_date <= r.valid_from AND p.status = 'active'
    AND (p.item IS NULL OR p.item = r.item OR p.item = i.product_master)
JOIN costing_versions v ON v.costing_version = p.costing_version AND v.costing_type = 'standard'
QUALIFY row_number() OVER (
    PARTITION BY r.node, r.site, r.item, r.valid_from
    ORDER BY CASE WHEN p.item IS NULL THEN 2 WHEN p.item = r.item THEN 0 ELSE 1 END, p.site IS NULL, p.from_date DESC,
             p.costing_version) = 1
