-- C22 (error): a withdrawal rule over several activities, or one that does not end in a transfer.
-- Source: domain 1.4.
-- Inputs: kanban_rules, activities. Key: subject, problem.
SELECT 'kanban_rules' AS table_name, [r.kanban_rule] AS key_parts,
       'rule ' || r.kanban_rule AS subject, CASE WHEN r.first_activity <> r.last_activity
           THEN 'is a withdrawal over several activities' ELSE 'is a withdrawal but ' || r.last_activity
           || ' is no transfer' END AS problem, 'Name one transfer activity' AS remedy
FROM kanban_rules r
JOIN activities l ON l.production_flow = r.production_flow AND l.activity = r.last_activity
WHERE r.kanban_type = 'withdrawal' AND (r.first_activity <> r.last_activity OR l.activity_type <> 'transfer')
