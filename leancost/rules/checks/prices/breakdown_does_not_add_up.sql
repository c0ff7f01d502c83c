-- C34 (error): a breakdown that does not add up.
-- Source: contract 2.
-- Inputs: item_price_breakdown, item_prices. Key: subject, problem.
SELECT 'item_price_breakdown' AS table_name, [b.costing_version, b.item, COALESCE(b.site, ''), CAST(b.from_date AS VARCHAR),
           b.resource_type, b.resource, b.cost_group] AS key_parts,
       b.costing_version || '/' || b.item || '/' || COALESCE(b.site, '') || '/' || b.from_date || ' ' || b.resource AS subject,
       'costs ' || b.cost || ', not quantity x unit price + charge' AS problem, 'Correct it, or calculate again' AS remedy
FROM item_price_breakdown b
WHERE b.cost <> round(CAST(b.quantity AS DECIMAL(19, 9)) * b.unit_price + b.charge, 6)
UNION ALL
SELECT 'item_prices', [p.costing_version, p.item, COALESCE(p.site, ''), CAST(p.from_date AS VARCHAR)],
       p.costing_version || '/' || p.item || '/' || COALESCE(p.site, '') || '/' || p.from_date,
       'has unit cost ' || p.unit_cost || ', its breakdown adds up to ' || sum(b.cost), 'Correct it, or calculate again'
FROM item_prices p
JOIN item_price_breakdown b
    ON b.costing_version = p.costing_version AND b.item = p.item AND b.from_date = p.from_date
    AND COALESCE(b.site, '') = COALESCE(p.site, '')
GROUP BY p.costing_version, p.item, p.site, p.from_date, p.unit_cost
HAVING sum(b.cost) <> p.unit_cost
