-- What leaves a flow's WIP for inventory: products by their breakdown, others under themselves, and material put back.
-- output_type: breakdown (made in this flow), material_return (the flow was issued it by then), itself (by-product, scrap).
-- Source: contract 4 (process job of the last activity; transfer pick no receipt yes); domain 2.1 E10, E13, 5 #16, #17.
-- Decision: D2.
-- Inputs: kanban_jobs, kanbans, rule_activities, manufacturing_rules, material_issues, opening_wip. Key: event.
WITH completed AS (
    SELECT 'kanban_jobs:' || j.job AS event, j.completed_date AS posting_date, a.production_flow, a.item, a.activity_type,
           a.is_last, a.update_on_pick, a.update_on_receipt, j.good_quantity AS quantity
    FROM kanban_jobs j
    JOIN kanbans k ON k.kanban = j.kanban
    JOIN rule_activities a ON a.kanban_rule = k.kanban_rule AND a.activity = j.activity
    WHERE j.completed_date IS NOT NULL
),
made_in_flow AS (SELECT DISTINCT production_flow, item FROM manufacturing_rules),
issued AS (
    SELECT production_flow, item, min(first_date) AS first_date
    FROM (
        SELECT production_flow, item, posting_date AS first_date FROM material_issues WHERE quantity > 0
        UNION ALL
        SELECT production_flow, resource, DATE '0001-01-01' FROM opening_wip WHERE resource_type = 'item') AS issues
    GROUP BY production_flow, item
)
SELECT c.event, c.posting_date, c.production_flow, c.item, c.quantity, 'breakdown' AS output_type
FROM completed c
WHERE c.activity_type = 'process' AND c.is_last AND c.update_on_receipt
UNION ALL
SELECT c.event, c.posting_date, c.production_flow, c.item, c.quantity,
       CASE WHEN m.item IS NOT NULL THEN 'breakdown'
            WHEN i.first_date <= c.posting_date THEN 'material_return'
            ELSE 'itself' END
FROM completed c
LEFT JOIN made_in_flow m ON m.production_flow = c.production_flow AND m.item = c.item
LEFT JOIN issued i ON i.production_flow = c.production_flow AND i.item = c.item
WHERE c.activity_type = 'transfer' AND c.update_on_receipt AND NOT c.update_on_pick
