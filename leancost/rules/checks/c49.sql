-- C49 (error): a negative price or rate.
-- Source: contract 2.
-- Inputs: item_prices, cost_category_prices, indirect_rates. Key: subject, problem.
SELECT 'item_prices' AS table_name, [costing_version, item, COALESCE(site, ''), CAST(from_date AS VARCHAR)] AS key_parts,
       'item ' || item AS subject, 'has unit cost ' || unit_cost AS problem, 'Give a price of 0 or more' AS remedy
FROM item_prices WHERE unit_cost < 0
UNION ALL
SELECT 'cost_category_prices', [costing_version, cost_category, COALESCE(site, ''), CAST(from_date AS VARCHAR)],
       'cost category ' || cost_category, 'has hourly rate ' || hourly_rate, 'Give a rate of 0 or more'
FROM cost_category_prices WHERE hourly_rate < 0
UNION ALL
SELECT 'indirect_rates',
       [costing_version, node, COALESCE(site, ''), COALESCE(item, ''), CAST(from_date AS VARCHAR)],
       'node ' || node, 'has rate ' || rate, 'Give a rate of 0 or more'
FROM indirect_rates WHERE rate < 0
