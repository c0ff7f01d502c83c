-- The day a kanban was prepared: its first job's prepared date, else its first picking line's, else its first completion.
-- Source: contract 3 (dates that follow from others); domain 5 #29.
-- Inputs: kanbans, kanban_jobs, rule_activities, picking_lines. Key: kanban.
WITH ordered_jobs AS (
    SELECT k.kanban, j.prepared_date,
           row_number() OVER (PARTITION BY k.kanban ORDER BY a.sequence, j.job) AS place
    FROM kanbans k
    JOIN kanban_jobs j ON j.kanban = k.kanban
    JOIN rule_activities a ON a.kanban_rule = k.kanban_rule AND a.activity = j.activity
),
first_jobs AS (SELECT kanban, prepared_date FROM ordered_jobs WHERE place = 1),
first_picks AS (SELECT kanban, min(posting_date) AS first_date FROM picking_lines GROUP BY kanban),
first_completions AS (SELECT kanban, min(completed_date) AS first_date FROM kanban_jobs GROUP BY kanban)
SELECT k.kanban, COALESCE(f.prepared_date, p.first_date, c.first_date) AS prepared_date
FROM kanbans k
LEFT JOIN first_jobs f ON f.kanban = k.kanban
LEFT JOIN first_picks p ON p.kanban = k.kanban
LEFT JOIN first_completions c ON c.kanban = k.kanban
