-- What the run wants looked at.
-- Source: contract 4 (excess is a warning; process activity without a resource group), 6 (warnings); domain 5 #4, #7, #15,
-- #29, #38. Inputs: run, net_realized_usage, handling_units, receipt_lines, kanban_rules, kanban_jobs, kanbans,
-- rule_activities, product_receipts, wip_balances, activities. Key: code, production_flow, subject, message.
WITH made_items AS (SELECT DISTINCT item FROM kanban_rules WHERE kanban_type = 'manufacturing'),
flows_with_wip AS (SELECT DISTINCT production_flow FROM wip_balances)
SELECT 'W01' AS code, production_flow, resource AS subject,
       'more is counted as unused than stands in WIP: ' || CAST(capped_quantity AS VARCHAR)
           || ' too many; look for a unit that is empty but not reported, or counted twice' AS message
FROM net_realized_usage WHERE capped_quantity > 0
UNION ALL
SELECT 'W02', production_flow, resource, 'more was returned than was in WIP: realized quantity '
           || CAST(realized_quantity AS VARCHAR) || '; look for an issue that was not registered'
FROM net_realized_usage WHERE realized_quantity < 0
UNION ALL
SELECT DISTINCT 'W03', r.production_flow, r.item,
       'received without a breakdown, deducted under itself; calculate its standard cost'
FROM receipt_lines r JOIN made_items m ON m.item = r.item
WHERE r.resource = r.item AND r.resource_type = 'item'
UNION ALL
SELECT DISTINCT 'W04', a.production_flow, a.activity,
       'process activity without a work cell: its jobs post no conversion'
FROM kanban_jobs j
CROSS JOIN run u
JOIN kanbans k ON k.kanban = j.kanban
JOIN rule_activities a ON a.kanban_rule = k.kanban_rule AND a.activity = j.activity
JOIN activities s ON s.production_flow = a.production_flow AND s.activity = a.activity
WHERE j.completed_date BETWEEN u.start_date AND u.end_date AND a.activity_type = 'process' AND s.resource_group IS NULL
UNION ALL
SELECT 'W05', h.consuming_flow, h.kanban, 'has no source kanban: emptied with the first kanban that needs '
           || h.item || ', prepared on ' || CAST(h.emptied_date AS VARCHAR)
FROM handling_units h
JOIN run u ON h.emptied_date BETWEEN u.start_date AND u.end_date
WHERE h.emptied_by_requirement
UNION ALL
SELECT 'W06', f.production_flow, f.production_flow,
       'no product was received in the period: everything realized is variance'
FROM flows_with_wip f ANTI JOIN product_receipts p ON p.production_flow = f.production_flow
