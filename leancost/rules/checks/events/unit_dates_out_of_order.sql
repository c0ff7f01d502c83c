-- C40 (error): a unit emptied before it was received, or received before it was assigned.
-- Source: contract 3; domain 1.4.
-- Inputs: kanbans, kanban_jobs, kanban_rules. Key: subject, problem.
WITH completions AS (
    SELECT k.kanban, max(j.completed_date) AS completed_date
    FROM kanbans k
    JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
    JOIN kanban_jobs j ON j.kanban = k.kanban AND j.activity = r.last_activity
    GROUP BY k.kanban
)
SELECT 'kanbans' AS table_name, [k.kanban] AS key_parts,
       'kanban ' || k.kanban AS subject, CASE WHEN k.emptied_date < COALESCE(k.received_date, c.completed_date)
           THEN 'was emptied on ' || k.emptied_date || ', before it was received'
           ELSE 'was received on ' || COALESCE(k.received_date, c.completed_date) || ', before it was assigned' END AS problem,
       'Correct the dates' AS remedy
FROM kanbans k LEFT JOIN completions c ON c.kanban = k.kanban
WHERE k.emptied_date < COALESCE(k.received_date, c.completed_date)
    OR COALESCE(k.received_date, c.completed_date) < k.assigned_date
