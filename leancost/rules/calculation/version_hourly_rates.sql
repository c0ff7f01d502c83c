-- The hourly rate of every cost category at every site on the calculation date, in the version or one it falls back to.
-- lent_by: the fallback that lends the rate, empty where the version has one.
-- Source: domain 1.5, contract 2. Inputs: calculation, version_chain, sites, cost_category_prices. Key: cost_category, site.
WITH ranked AS (
    SELECT p.cost_category, s.site, p.hourly_rate, CASE WHEN v.place > 0 THEN p.costing_version END AS lent_by,
           row_number() OVER (
               PARTITION BY p.cost_category, s.site
               ORDER BY v.place, CASE WHEN p.site IS NULL THEN 1 ELSE 0 END, p.from_date DESC) AS place
    FROM cost_category_prices p
    JOIN version_chain v ON v.costing_version = p.costing_version
    JOIN sites s ON p.site IS NULL OR p.site = s.site
    CROSS JOIN calculation c
    WHERE p.from_date <= c.calculation_date
)
SELECT cost_category, site, hourly_rate, lent_by FROM ranked WHERE place = 1
