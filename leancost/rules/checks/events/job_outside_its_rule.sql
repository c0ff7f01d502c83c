-- C43 (error): a job whose activity is not one of its rule.
-- Source: contract 4.
-- Inputs: kanban_jobs, kanbans, kanban_rules, activities. Key: subject, problem.
SELECT 'kanban_jobs' AS table_name, [j.job] AS key_parts,
       'job ' || j.job AS subject, 'is of activity ' || j.activity || ', which rule ' || r.kanban_rule || ' does not do' AS problem,
       'Name an activity from the rule''s first to its last' AS remedy
FROM kanban_jobs j
JOIN kanbans k ON k.kanban = j.kanban
JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
LEFT JOIN activities a ON a.production_flow = r.production_flow AND a.activity = j.activity
LEFT JOIN activities f ON f.production_flow = r.production_flow AND f.activity = r.first_activity
LEFT JOIN activities l ON l.production_flow = r.production_flow AND l.activity = r.last_activity
WHERE a.activity IS NULL OR a.sequence < f.sequence OR a.sequence > l.sequence
