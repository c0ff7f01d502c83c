-- C23 (error): a supermarket rule that cannot issue.
-- Source: contract 2. Decision: D50.
-- Inputs: kanban_rules, activities. Key: subject, problem.
SELECT 'kanban_rules' AS table_name, [r.kanban_rule] AS key_parts,
       'rule ' || r.kanban_rule AS subject, CASE WHEN NOT l.update_on_receipt
           THEN 'has a supermarket but its last activity does not receive into inventory'
           WHEN r.consuming_production_flow IS NULL
           THEN 'makes units for a supermarket but names no consuming production flow'
           ELSE 'makes units for a supermarket that its own flow consumes' END AS problem,
       'Set receipt yes and another consuming production flow, or supermarket no' AS remedy
FROM kanban_rules r
JOIN activities l ON l.production_flow = r.production_flow AND l.activity = r.last_activity
WHERE r.supermarket
    AND (NOT l.update_on_receipt OR (r.kanban_type = 'manufacturing'
        AND COALESCE(r.consuming_production_flow, r.production_flow) = r.production_flow))
