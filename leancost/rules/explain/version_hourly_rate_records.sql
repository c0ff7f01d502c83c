-- Which row of cost_category_prices a calculation takes each hourly rate from.
-- The version beats its fallbacks, then the site all sites, then the latest from_date; pending records are read too.
-- Source: domain 1.5, contract 2. Inputs: calculation, version_chain, sites, cost_category_prices. Key: cost_category, site.
SELECT p.cost_category, s.site, p.costing_version, p.site AS record_site, p.from_date
FROM cost_category_prices p
JOIN version_chain v ON v.costing_version = p.costing_version
JOIN sites s ON p.site IS NULL OR p.site = s.site
JOIN calculation c ON p.from_date <= c.calculation_date
QUALIFY row_number() OVER (
    PARTITION BY p.cost_category, s.site ORDER BY v.place, p.site IS NULL, p.from_date DESC) = 1
