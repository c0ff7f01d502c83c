-- C85 (warning): a unit received though an earlier activity of its rule has no job completed by then.
-- Of a kanban that was begun by the go-live the jobs done before need not be there; one without any job is C58; a transfer
-- within WIP, or within inventory, posts nothing and need not be reported.
-- Source: contract 3 (received: the job of the last activity; units that stand in WIP at the go-live need no jobs), 4.
-- Inputs: kanbans, kanban_rules, kanban_jobs, activities, go_lives. Key: subject, problem.
WITH done AS (
    SELECT k.kanban, j.job, j.completed_date, a.activity, a.sequence
    FROM kanban_jobs j
    JOIN kanbans k ON k.kanban = j.kanban
    JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
    JOIN activities a ON a.production_flow = r.production_flow AND a.activity = j.activity
    WHERE j.completed_date IS NOT NULL
),
received AS (
    SELECT k.kanban, r.production_flow, f.sequence AS first_sequence, l.sequence AS last_sequence,
           COALESCE(k.received_date, max(CASE WHEN d.activity = r.last_activity THEN d.completed_date END)) AS received_date,
           LEAST(k.assigned_date, min(d.completed_date)) AS begun_date
    FROM kanbans k
    JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
    JOIN activities f ON f.production_flow = r.production_flow AND f.activity = r.first_activity
    JOIN activities l ON l.production_flow = r.production_flow AND l.activity = r.last_activity
    JOIN done d ON d.kanban = k.kanban
    GROUP BY k.kanban, k.received_date, k.assigned_date, r.production_flow, f.sequence, l.sequence
),
missing AS (
    SELECT u.kanban, u.received_date, a.activity, a.sequence
    FROM received u
    JOIN go_lives g ON g.production_flow = u.production_flow AND u.begun_date > g.go_live
    JOIN activities a
        ON a.production_flow = u.production_flow AND a.sequence BETWEEN u.first_sequence AND u.last_sequence
    LEFT JOIN done d ON d.kanban = u.kanban AND d.activity = a.activity AND d.completed_date <= u.received_date
    WHERE u.received_date IS NOT NULL AND d.job IS NULL
        AND (a.activity_type = 'process' OR a.update_on_pick <> a.update_on_receipt OR a.service_item IS NOT NULL)
)
SELECT 'kanbans' AS table_name, [kanban] AS key_parts,
       'kanban ' || kanban AS subject,
       'was received on ' || CAST(received_date AS VARCHAR) || ', but has no job completed by then of '
           || string_agg(activity, ', ' ORDER BY sequence) AS problem,
       'Register the jobs, or correct their dates' AS remedy
FROM missing
GROUP BY kanban, received_date
