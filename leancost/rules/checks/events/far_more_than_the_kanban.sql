-- C83 (warning): a job that reports far more than its kanban.
-- Of the last activity more good units than the kanban is for; of any activity good and error together above twice its
-- quantity. To make up for scrap more is begun, and good at an earlier activity, but seldom as much again.
-- Source: contract 3 (kanbans.quantity, good_quantity, error_quantity); domain 1.4 (product quantity variance above).
-- Decision: D63.
-- Inputs: kanban_jobs, kanbans, kanban_rules. Key: subject, problem.
SELECT 'kanban_jobs' AS table_name, [j.job] AS key_parts,
       'job ' || j.job AS subject,
       'reports ' || CAST(j.good_quantity AS VARCHAR) || ' good'
           || CASE WHEN j.error_quantity > 0 THEN ' and ' || CAST(j.error_quantity AS VARCHAR) || ' scrapped' ELSE '' END
           || ' units of kanban ' || k.kanban || ', which is for ' || CAST(k.quantity AS VARCHAR) AS problem,
       'Correct the quantities, or accept it' AS remedy
FROM kanban_jobs j
JOIN kanbans k ON k.kanban = j.kanban
JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
WHERE j.completed_date IS NOT NULL AND k.quantity > 0
    AND ((j.good_quantity > k.quantity AND j.activity = r.last_activity) OR j.good_quantity + j.error_quantity > 2 * k.quantity)
