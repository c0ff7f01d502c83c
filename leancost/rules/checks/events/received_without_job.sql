-- C58 (warning): a manufacturing kanban received after the go-live without a completed job.
-- Source: contract 3 (only units that stood in WIP at the go-live need no jobs).
-- Inputs: kanbans, kanban_rules, kanban_jobs, go_lives. Key: subject, problem.
SELECT 'kanbans' AS table_name, [k.kanban] AS key_parts,
       'kanban ' || k.kanban AS subject, 'was received on ' || k.received_date
           || ' without a completed job: it counts as made, but nothing was posted for it' AS problem,
       'Register its jobs; only units received up to the go-live need none' AS remedy,
       r.production_flow, k.received_date AS day
FROM kanbans k
JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule AND r.kanban_type = 'manufacturing'
JOIN go_lives g ON g.production_flow = r.production_flow AND k.received_date > g.go_live
WHERE NOT EXISTS (SELECT 1 FROM kanban_jobs j WHERE j.kanban = k.kanban AND j.completed_date IS NOT NULL)
