-- Overhead rates for what stands in the flows at the go-live: where the hourly rates of the work that stands there begin
-- later, a node is taken at its first rate that has begun by then. A node that comes later charges nothing, as ever.
-- Source: contract 6 (timing_amount: what retain would keep at the start). Decision: D95.
-- Inputs: run, kept_hours, production_flows, hourly_rate_periods, indirect_rate_periods.
-- Key: node, site, item, valid_from.
WITH first_hourly_rates AS (
    SELECT cost_category, site, min(valid_from) AS first_day FROM hourly_rate_periods GROUP BY cost_category, site
),
valued AS (
    SELECT COALESCE(max(h.first_day), DATE '0001-01-01') AS day
    FROM kept_hours k
    JOIN production_flows f USING (production_flow)
    JOIN first_hourly_rates h ON h.cost_category = k.cost_category AND h.site = f.site
),
first_days AS (
    SELECT node, site, item, min(valid_from) AS first_day FROM indirect_rate_periods GROUP BY node, site, item
)
SELECT p.node, p.site, p.item,
       CASE WHEN p.valid_from = d.first_day AND p.valid_from <= v.day THEN least(p.valid_from, u.end_date)
            ELSE p.valid_from END AS valid_from,
       p.valid_to, p.rate
FROM indirect_rate_periods p
CROSS JOIN run u
CROSS JOIN valued v
JOIN first_days d ON d.node = p.node AND d.site = p.site AND d.item = p.item
ORDER BY p.node, p.site, p.item, p.valid_from
