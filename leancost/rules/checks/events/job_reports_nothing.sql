-- C69 (warning): a completed job that reports neither good nor error units: it posts nothing, or its process quantity alone.
-- What is dated on or before the go-live is not posted, so it is passed over.
-- Source: contract 3 (kanban_jobs; go-live), 4 (conversion, product receipt: by the quantities a job reports).
-- Decision: D101.
-- Inputs: kanban_jobs, kanbans, kanban_rules, go_lives. Key: subject, problem.
SELECT 'kanban_jobs' AS table_name, [j.job] AS key_parts,
       'job ' || j.job AS subject, 'was completed on ' || j.completed_date || ' with neither good nor error units' AS problem,
       'Report its quantities, or leave its completed date empty' AS remedy, r.production_flow, j.completed_date AS day
FROM kanban_jobs j
JOIN kanbans k ON k.kanban = j.kanban
JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
JOIN go_lives g ON g.production_flow = r.production_flow AND j.completed_date > g.go_live
WHERE j.good_quantity = 0 AND j.error_quantity = 0
