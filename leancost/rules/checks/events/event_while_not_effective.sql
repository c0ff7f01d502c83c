-- C57 (warning): events dated when their production flow or kanban rule is not effective.
-- What is dated on or before the go-live is not posted, so it is passed over.
-- Source: contract 2 (effective dates), 3 (go-live); domain 5 #41, validation list. Decision: D49.
-- Inputs: production_flows, kanban_rules, kanbans, kanban_jobs, picking_lines, service_receipts, go_lives.
-- Key: subject, problem.
WITH kanban_events AS (
    SELECT kanban, 'kanban ' || kanban AS event, assigned_date AS day FROM kanbans
    UNION ALL
    SELECT kanban, 'kanban ' || kanban, received_date FROM kanbans
    UNION ALL
    SELECT kanban, 'job ' || job, completed_date FROM kanban_jobs
),
events AS (
    SELECT r.production_flow, r.kanban_rule, e.event, e.day
    FROM kanban_events e
    JOIN kanbans k ON k.kanban = e.kanban
    JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
    UNION ALL
    SELECT production_flow, NULL, 'picking line ' || picking_line, posting_date FROM picking_lines
    UNION ALL
    SELECT production_flow, NULL, 'service receipt ' || service_receipt, posting_date FROM service_receipts
),
outside AS (
    SELECT 'production_flows' AS table_name, f.production_flow AS name, f.production_flow, 'flow ' || f.production_flow AS subject,
           f.effective_from, f.effective_to, e.event, e.day
    FROM events e JOIN production_flows f ON f.production_flow = e.production_flow
    WHERE e.day < f.effective_from OR e.day > f.effective_to
    UNION ALL
    SELECT 'kanban_rules', r.kanban_rule, r.production_flow, 'rule ' || r.kanban_rule, r.effective_from, r.effective_to, e.event, e.day
    FROM events e JOIN kanban_rules r ON r.kanban_rule = e.kanban_rule
    WHERE e.day < r.effective_from OR e.day > r.effective_to
),
told AS (
    SELECT o.table_name, o.name, o.production_flow, o.subject, o.effective_from, o.effective_to,
           count(DISTINCT o.event) AS events, min([CAST(o.day AS VARCHAR), o.event]) AS first_one,
           max(o.day) AS last_day
    FROM outside o JOIN go_lives g ON g.production_flow = o.production_flow AND o.day > g.go_live
    GROUP BY o.table_name, o.name, o.production_flow, o.subject, o.effective_from, o.effective_to
)
SELECT table_name, [name] AS key_parts,
       subject, CASE WHEN effective_from >= DATE '9999-12-31' THEN 'begins after the end of the period'
                     ELSE 'is effective' || COALESCE(' from ' || effective_from, '') || COALESCE(' to ' || effective_to, '') END
           || ', but ' || first_one[2] || ' is dated ' || first_one[1]
           || CASE events WHEN 1 THEN '' ELSE ' (' || events || ' such events)' END AS problem,
       'Correct its dates or those of the events, or accept it' AS remedy, production_flow, last_day AS day
FROM told
