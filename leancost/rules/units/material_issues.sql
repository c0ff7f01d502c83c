-- Every issue of material to a flow's WIP, whatever its date, and every return by picking line.
-- quantity (units of the item) as picked, good quantity of the transfer, or quantity of the emptied supermarket unit.
-- Source: contract 4 (picking line, transfer pick yes receipt no, emptied supermarket unit); domain 2.1 E1, E2, E5.
-- Inputs: picking_lines, kanban_jobs, kanbans, rule_activities, handling_units. Key: event.
SELECT 'picking_lines:' || picking_line AS event, posting_date, production_flow, item, quantity
FROM picking_lines
WHERE updates_inventory
UNION ALL
SELECT 'kanban_jobs:' || j.job, j.completed_date, a.production_flow, a.item, j.good_quantity
FROM kanban_jobs j
JOIN kanbans k ON k.kanban = j.kanban
JOIN rule_activities a ON a.kanban_rule = k.kanban_rule AND a.activity = j.activity
WHERE a.activity_type = 'transfer' AND a.update_on_pick AND NOT a.update_on_receipt AND j.completed_date IS NOT NULL
UNION ALL
SELECT 'kanbans:' || kanban, emptied_date, consuming_flow, item, quantity
FROM handling_units
WHERE supermarket AND emptied_date IS NOT NULL AND received_date IS NOT NULL
