-- When each kanban was assigned, received and emptied, and how much a received unit holds.
-- received = received_date, else the completion of the last activity's job; emptied = emptied_date, else by empty policy;
-- quantity (units) = good quantity of the last job completed by the receipt, else the kanban's.
-- Source: contract 3 (dates that follow from others); domain 1.4, 5 #26 to #29. Decisions: D17, D99.
-- Inputs: kanbans, kanban_rules, kanban_jobs, rule_activities, kanban_preparations, component_requirements.
-- Key: kanban.
WITH jobs AS (
    SELECT k.kanban, j.job, j.completed_date, j.good_quantity, a.sequence, a.is_last
    FROM kanbans k
    JOIN kanban_jobs j ON j.kanban = k.kanban AND j.completed_date IS NOT NULL
    JOIN rule_activities a ON a.kanban_rule = k.kanban_rule AND a.activity = j.activity
),
last_completions AS (SELECT kanban, max(completed_date) AS completed_date FROM jobs WHERE is_last GROUP BY kanban),
received AS (
    SELECT k.kanban, k.kanban_rule, k.quantity, k.assigned_date, k.emptied_date, k.source_kanban,
           COALESCE(k.received_date, c.completed_date) AS received_date
    FROM kanbans k LEFT JOIN last_completions c ON c.kanban = k.kanban
),
completed_jobs AS (
    SELECT r.kanban, j.good_quantity,
           row_number() OVER (
               PARTITION BY r.kanban ORDER BY j.sequence DESC, j.completed_date DESC, j.job) AS place
    FROM received r JOIN jobs j ON j.kanban = r.kanban AND j.completed_date <= r.received_date
),
policies AS (
    SELECT r.*, u.production_flow, u.item, u.kanban_type, u.supermarket, a.activity_type AS last_activity_type,
           a.update_on_pick, a.update_on_receipt,
           COALESCE(u.consuming_production_flow, u.production_flow) AS consuming_flow,
           COALESCE(u.empty_policy, CASE u.replenishment_strategy
               WHEN 'scheduled' THEN 'received' WHEN 'event' THEN 'source_requirement' ELSE 'manual' END) AS empty_policy,
           u.replenishment_strategy
    FROM received r
    JOIN kanban_rules u ON u.kanban_rule = r.kanban_rule
    LEFT JOIN rule_activities a ON a.kanban_rule = r.kanban_rule AND a.is_last
),
requirements AS (
    SELECT p.kanban, min(q.prepared_date) AS prepared_date
    FROM policies p
    JOIN component_requirements q
        ON q.production_flow = p.consuming_flow AND q.component = p.item AND q.prepared_date >= p.received_date
    WHERE p.source_kanban IS NULL AND p.empty_policy = 'source_requirement' AND p.replenishment_strategy = 'event'
    GROUP BY p.kanban
)
SELECT p.kanban, p.kanban_rule, p.production_flow, p.consuming_flow, p.item, p.kanban_type, p.supermarket,
       p.last_activity_type, p.update_on_pick, p.update_on_receipt, p.empty_policy,
       p.assigned_date, p.received_date,
       CASE WHEN p.emptied_date IS NOT NULL THEN p.emptied_date
            WHEN p.empty_policy = 'received' THEN p.received_date
            WHEN p.empty_policy <> 'source_requirement' OR p.replenishment_strategy <> 'event' THEN NULL
            WHEN p.source_kanban IS NULL THEN q.prepared_date
            WHEN s.prepared_date >= p.received_date THEN s.prepared_date
            WHEN s.prepared_date < p.received_date THEN p.received_date END AS emptied_date,
       q.prepared_date IS NOT NULL AND p.emptied_date IS NULL AS emptied_by_requirement,
       COALESCE(j.good_quantity, p.quantity) AS quantity
FROM policies p
LEFT JOIN completed_jobs j ON j.kanban = p.kanban AND j.place = 1
LEFT JOIN requirements q ON q.kanban = p.kanban
LEFT JOIN kanban_preparations s ON s.kanban = p.source_kanban
