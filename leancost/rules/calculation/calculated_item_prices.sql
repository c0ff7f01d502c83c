-- The calculated standard costs as price records, pending.
-- unit_cost (currency per unit) = sum of the stored breakdown's cost.
-- Source: contract 2 (item_prices), 5 (calculate). Inputs: calculated_item_price_breakdown.
-- Key: costing_version, item, site, from_date.
SELECT costing_version, item, site, from_date, CAST(sum(cost) AS DECIMAL(18, 6)) AS unit_cost, 'pending' AS status
FROM calculated_item_price_breakdown
GROUP BY costing_version, item, site, from_date
