-- Which row of cost_category_prices lends each hourly rate that holds.
-- A record of the site beats one for all sites, then the latest from_date.
-- Source: contract 2 (several records that fit a date). Inputs: hourly_rate_periods, cost_category_prices, costing_versions.
-- Key: cost_category, site, valid_from.
SELECT h.cost_category, h.site, h.valid_from, h.valid_to, p.costing_version, p.site AS record_site, p.from_date
FROM hourly_rate_periods h
JOIN cost_category_prices p
    ON p.cost_category = h.cost_category AND COALESCE(p.site, h.site) = h.site AND p.from_date <= h.valid_from
    AND p.status = 'active'
JOIN costing_versions v ON v.costing_version = p.costing_version AND v.costing_type = 'standard'
QUALIFY row_number() OVER (
    PARTITION BY h.cost_category, h.site, h.valid_from
    ORDER BY p.site IS NULL, p.from_date DESC, p.costing_version) = 1
