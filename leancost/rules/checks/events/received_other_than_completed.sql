-- C41 (error): a received date that is not the completion of the last activity's job.
-- Source: contract 3.
-- Inputs: kanbans, kanban_rules, kanban_jobs. Key: subject, problem.
SELECT 'kanbans' AS table_name, [k.kanban] AS key_parts,
       'kanban ' || k.kanban AS subject, 'has received date ' || k.received_date || ', its last job was completed on '
       || j.completed_date AS problem, 'Leave the received date empty, or correct one of them' AS remedy
FROM kanbans k
JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
JOIN kanban_jobs j ON j.kanban = k.kanban AND j.activity = r.last_activity
WHERE k.received_date <> j.completed_date
