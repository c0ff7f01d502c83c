-- C21 (error): activities of a rule that do not exist or stand in the wrong order.
-- Source: contract 4; domain 1.4.
-- Inputs: kanban_rules, activities. Key: subject, problem.
SELECT 'kanban_rules' AS table_name, [r.kanban_rule] AS key_parts,
       'rule ' || r.kanban_rule AS subject, CASE WHEN f.activity IS NULL THEN 'begins with ' || r.first_activity
           || ', no activity of flow ' || r.production_flow WHEN l.activity IS NULL THEN 'ends with ' || r.last_activity
           || ', no activity of flow ' || r.production_flow ELSE 'ends before it begins' END AS problem,
       'Name activities of the flow in their order' AS remedy
FROM kanban_rules r
LEFT JOIN activities f ON f.production_flow = r.production_flow AND f.activity = r.first_activity
LEFT JOIN activities l ON l.production_flow = r.production_flow AND l.activity = r.last_activity
WHERE f.activity IS NULL OR l.activity IS NULL OR f.sequence > l.sequence
