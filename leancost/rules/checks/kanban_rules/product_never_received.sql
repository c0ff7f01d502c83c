-- C65 (error): a manufacturing rule whose product is never received: its last activity moves from stock to stock.
-- Source: contract 4 (a transfer with pick yes and receipt yes posts nothing; a receipt is posted by a process of the rule's
-- last activity, or by a transfer out of WIP). Inputs: kanban_rules, activities. Key: subject, problem.
SELECT 'kanban_rules' AS table_name, [r.kanban_rule] AS key_parts,
       'rule ' || r.kanban_rule AS subject, 'makes ' || r.item || ', but its last activity ' || r.last_activity
           || ' is a transfer from inventory to inventory: no receipt of it would be posted' AS problem,
       'End it with the activity that makes the item, or set pick no' AS remedy, r.production_flow
FROM kanban_rules r
JOIN activities l ON l.production_flow = r.production_flow AND l.activity = r.last_activity
WHERE r.kanban_type = 'manufacturing' AND l.activity_type = 'transfer' AND l.update_on_pick AND l.update_on_receipt
