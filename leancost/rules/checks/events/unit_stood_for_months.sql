-- C48 (warning): a unit that stood for more than a month.
-- Source: seed, consuming products in WIP; domain 5 #6.
-- Inputs: kanbans, kanban_rules. Key: subject, problem.
SELECT 'kanban_rules' AS table_name, [r.kanban_rule] AS key_parts,
       'rule ' || r.kanban_rule AS subject, 'has units of ' || r.item || ' that covered more than a month, as '
       || min(k.kanban) || ': consumption is registered only when a unit is empty' AS problem,
       'Use smaller units, or keep the item in inventory' AS remedy, r.production_flow, max(k.emptied_date) AS day
FROM kanbans k
JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule AND r.kanban_type = 'withdrawal'
WHERE k.emptied_date - k.received_date > 31
GROUP BY r.kanban_rule, r.production_flow, r.item
