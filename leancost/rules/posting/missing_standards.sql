-- Events of the period that cannot be posted for want of an active standard cost or hourly rate.
-- Source: contract 4 (standard cost, rate and category price are those of the posting date); contract 5 (exit status).
-- Inputs: posting_days, material_issues, product_outputs, conversion_hours, production_flows, standard_price_periods,
-- hourly_rate_periods. Key: event.
WITH moved AS (
    SELECT event, posting_date, production_flow, item FROM material_issues WHERE quantity <> 0
    UNION ALL SELECT event, posting_date, production_flow, item FROM product_outputs WHERE quantity <> 0
)
SELECT m.event, 'item' AS resource_type, m.item AS resource, f.site, m.posting_date
FROM moved m
JOIN posting_days d ON d.production_flow = m.production_flow AND m.posting_date BETWEEN d.first_day AND d.last_day
JOIN production_flows f ON f.production_flow = m.production_flow
LEFT JOIN standard_price_periods p
    ON p.item = m.item AND p.site = f.site AND m.posting_date BETWEEN p.valid_from AND p.valid_to
WHERE p.item IS NULL
UNION ALL
SELECT h.event, 'cost_category', h.cost_category, h.site, h.posting_date
FROM conversion_hours h
LEFT JOIN hourly_rate_periods r
    ON r.cost_category = h.cost_category AND r.site = h.site AND h.posting_date BETWEEN r.valid_from AND r.valid_to
WHERE r.cost_category IS NULL
ORDER BY 1
