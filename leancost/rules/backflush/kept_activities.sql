-- The activities already done on what stands in the flow: on received units, kanbans in process, and what is in them.
-- quantity (units of the activity's product) = unit quantity or good quantity, x content of the semi-finished item.
-- rule_item = the item of the rule the activity was done under, which for a semi-finished item in the unit is its own: its
-- jobs were posted at the rates of that item. Source: contract 4 (unused services; retain; finer points: what is kept
-- of conversion); domain 5 #2, #30. Decisions: D6, D12, D66.
-- Inputs: run, posting_days, unit_contents, item_contents, first_rules, rule_activities, kanban_jobs, handling_units.
-- Key: kanban, activity, path.
WITH done AS (
    SELECT c.kanban, c.production_flow, c.unused_type, a.activity, a.kanban_rule AS activity_rule,
           CAST(c.quantity AS DECIMAL(22, 12)) AS quantity
    FROM unit_contents c
    JOIN rule_activities a ON a.kanban_rule = c.kanban_rule
    WHERE c.unused_type IN ('handling_unit', 'semi_finished', 'finished')
    UNION ALL
    SELECT h.kanban, h.production_flow, 'in_process', a.activity, a.kanban_rule,
           CAST(j.good_quantity AS DECIMAL(22, 12))
    FROM handling_units h
    CROSS JOIN run u
    JOIN posting_days d ON d.production_flow = h.production_flow
    JOIN kanban_jobs j ON j.kanban = h.kanban AND j.completed_date <= u.end_date
    JOIN rule_activities a ON a.kanban_rule = h.kanban_rule AND a.activity = j.activity
    WHERE h.kanban_type = 'manufacturing' AND h.assigned_date <= u.end_date
        AND (h.received_date IS NULL OR h.received_date > u.end_date)
        AND (h.emptied_date IS NULL OR h.emptied_date > u.end_date)
    UNION ALL
    SELECT c.kanban, c.production_flow, c.unused_type, a.activity, a.kanban_rule,
           CAST(CAST(c.quantity AS DECIMAL(15, 6)) * i.quantity AS DECIMAL(22, 12))
    FROM unit_contents c
    JOIN item_contents i
        ON i.production_flow = c.production_flow AND i.root = c.item AND i.content_date = c.content_date
        AND i.is_semi_finished AND (i.path <> '' OR c.unused_type = 'in_process')
    JOIN first_rules f
        ON f.production_flow = i.production_flow AND f.item = i.item AND f.content_date = i.content_date
    JOIN rule_activities a ON a.kanban_rule = f.kanban_rule
    WHERE c.is_exploded
)
SELECT d.kanban, d.production_flow, d.unused_type, a.item AS rule_item, a.service_item, a.service_quantity,
       a.cost_category, a.hours_per_unit, d.quantity
FROM done d
JOIN rule_activities a ON a.kanban_rule = d.activity_rule AND a.activity = d.activity
