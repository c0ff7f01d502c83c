-- Conversion of the process jobs completed in the period.
-- amount (currency) = hours x hourly rate, rounded.
-- Source: contract 4 (conversion on the run-time cost category); domain 2.1 E8.
-- Inputs: run, conversion_hours, hourly_rate_periods, cost_categories. Key: event.
SELECT h.event, h.posting_date, h.production_flow, h.site, h.item, h.item AS rate_item,
       'conversion' AS transaction_type, 'cost_category' AS resource_type, h.cost_category AS resource, c.cost_group,
       h.hours AS quantity, r.hourly_rate AS unit_cost,
       money(CAST(h.hours AS DECIMAL(19, 6)) * r.hourly_rate, u.minor_units, u.minor_unit) AS amount,
       CAST(CAST(h.hours AS DECIMAL(19, 6)) * r.hourly_rate AS DECIMAL(38, 12)) AS exact_amount, FALSE AS made
FROM conversion_hours h
CROSS JOIN run u
JOIN cost_categories c ON c.cost_category = h.cost_category
JOIN hourly_rate_periods r
    ON r.cost_category = h.cost_category AND r.site = h.site AND h.posting_date BETWEEN r.valid_from AND r.valid_to
