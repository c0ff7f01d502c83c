-- C35 (error): a breakdown without price record.
-- Source: contract 2.
-- Inputs: item_price_breakdown, item_prices. Key: subject, problem.
SELECT 'item_price_breakdown' AS table_name, min([b.costing_version, b.item, COALESCE(b.site, ''), CAST(b.from_date AS VARCHAR),
           b.resource_type, b.resource, b.cost_group]) AS key_parts,
       b.costing_version || '/' || b.item || '/' || COALESCE(b.site, '') || '/' || b.from_date AS subject,
       'has a breakdown but no price' AS problem, 'Add the price to item_prices, or remove the lines' AS remedy
FROM item_price_breakdown b
WHERE NOT EXISTS (
    SELECT 1 FROM item_prices p
    WHERE p.costing_version = b.costing_version AND p.item = b.item AND p.from_date = b.from_date
        AND COALESCE(p.site, '') = COALESCE(b.site, ''))
GROUP BY b.costing_version, b.item, b.site, b.from_date
