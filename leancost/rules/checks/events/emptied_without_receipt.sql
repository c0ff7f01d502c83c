-- C51 (error): a supermarket unit emptied without having been received.
-- Source: contract 4.
-- Inputs: kanbans, kanban_rules, kanban_jobs. Key: subject, problem.
SELECT 'kanbans' AS table_name, [k.kanban] AS key_parts,
       'kanban ' || k.kanban AS subject, 'of a supermarket was emptied on ' || k.emptied_date || ' but never received' AS problem,
       'Register its receipt' AS remedy
FROM kanbans k
JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule AND r.supermarket
WHERE k.emptied_date IS NOT NULL AND k.received_date IS NULL AND NOT EXISTS (
    SELECT 1 FROM kanban_jobs j
    WHERE j.kanban = k.kanban AND j.activity = r.last_activity AND j.completed_date IS NOT NULL)
