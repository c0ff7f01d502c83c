-- Which active hourly rate of a cost category holds at a site, from which day to which.
-- A record of the site beats one for all sites, then the latest from_date.
-- Source: contract 2 (cost_category_prices; several records that fit a date).
-- Inputs: production_flows, cost_category_prices, costing_versions. Key: cost_category, site, valid_from.
WITH sites_of_flows AS (SELECT DISTINCT site FROM production_flows),
candidates AS (
    SELECT p.cost_category, s.site, p.costing_version, p.from_date, p.hourly_rate,
           CASE WHEN p.site IS NULL THEN 1 ELSE 0 END AS site_rank
    FROM cost_category_prices p
    JOIN costing_versions v ON v.costing_version = p.costing_version AND v.costing_type = 'standard'
    JOIN sites_of_flows s ON p.site IS NULL OR p.site = s.site
    WHERE p.status = 'active'
),
days AS (SELECT DISTINCT cost_category, site, from_date AS valid_from FROM candidates),
ranked AS (
    SELECT d.cost_category, d.site, d.valid_from, c.hourly_rate,
           row_number() OVER (
               PARTITION BY d.cost_category, d.site, d.valid_from
               ORDER BY c.site_rank, c.from_date DESC, c.costing_version) AS place
    FROM days d
    JOIN candidates c ON c.cost_category = d.cost_category AND c.site = d.site AND c.from_date <= d.valid_from
)
SELECT cost_category, site, valid_from,
       ends(lead(valid_from) OVER (PARTITION BY cost_category, site ORDER BY valid_from) - 1) AS valid_to,
       hourly_rate
FROM ranked
WHERE place = 1
ORDER BY cost_category, site, valid_from
