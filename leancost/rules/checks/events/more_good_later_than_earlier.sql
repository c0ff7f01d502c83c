-- C84 (warning): more good units at a later activity than at an earlier one of the same kanban.
-- Source: contract 3 (kanban_jobs), contract 4 (a rule's activities); domain 1.4 (one kanban has one job per activity).
-- Inputs: kanban_jobs, kanbans, kanban_rules, activities. Key: subject, problem.
WITH done AS (
    SELECT j.kanban, j.job, j.activity, j.good_quantity, a.sequence
    FROM kanban_jobs j
    JOIN kanbans k ON k.kanban = j.kanban
    JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
    JOIN activities a ON a.production_flow = r.production_flow AND a.activity = j.activity
    WHERE j.completed_date IS NOT NULL
),
compared AS (
    SELECT l.kanban, l.job, l.activity, l.good_quantity, e.job AS earlier_job, e.activity AS earlier_activity,
           e.good_quantity AS earlier_quantity,
           row_number() OVER (PARTITION BY l.job ORDER BY e.good_quantity, e.sequence DESC, e.job) AS place
    FROM done l JOIN done e ON e.kanban = l.kanban AND e.sequence < l.sequence AND e.good_quantity < l.good_quantity
)
SELECT 'kanban_jobs' AS table_name, [job] AS key_parts,
       'job ' || job AS subject,
       'reports ' || CAST(good_quantity AS VARCHAR) || ' good units of activity ' || activity || ' on kanban ' || kanban
           || ', but only ' || CAST(earlier_quantity AS VARCHAR) || ' came from ' || earlier_activity || ' (job '
           || earlier_job || ')' AS problem,
       'Correct the quantities, or accept it' AS remedy
FROM compared
WHERE place = 1
