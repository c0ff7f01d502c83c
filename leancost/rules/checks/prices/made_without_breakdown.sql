-- C36 (warning): a made item whose standard cost has no breakdown.
-- Source: contract 4; domain 5 #15.
-- Inputs: kanban_rules, item_prices, item_price_breakdown. Key: subject, problem.
SELECT DISTINCT 'item_price_breakdown' AS table_name, NULL AS key_parts,
       'item ' || r.item AS subject, 'is made, but no price of it has a breakdown: it is deducted under itself' AS problem,
       'Calculate and activate its standard cost' AS remedy
FROM kanban_rules r
JOIN item_prices p ON p.item = r.item AND p.status = 'active'
WHERE r.kanban_type = 'manufacturing' AND NOT EXISTS (SELECT 1 FROM item_price_breakdown b WHERE b.item = r.item)
