-- Hourly rates for what stands in the flows at the go-live: a cost category whose first rate begins later is taken at that
-- one. Standards often begin with the first period; the work that stood there the day before was worth as much.
-- Source: contract 6 (timing_amount: what retain would keep at the start). Decision: D95.
-- Inputs: run, hourly_rate_periods.
-- Key: cost_category, site, valid_from.
WITH first_days AS (
    SELECT cost_category, site, min(valid_from) AS first_day FROM hourly_rate_periods GROUP BY cost_category, site
)
SELECT p.cost_category, p.site,
       CASE WHEN p.valid_from = d.first_day THEN least(p.valid_from, u.end_date) ELSE p.valid_from END AS valid_from,
       p.valid_to, p.hourly_rate
FROM hourly_rate_periods p
CROSS JOIN run u
JOIN first_days d ON d.cost_category = p.cost_category AND d.site = p.site
ORDER BY p.cost_category, p.site, p.valid_from
