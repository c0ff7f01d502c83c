-- C24 (error): empty policy source_requirement on a rule that is no event rule.
-- Source: contract 3; seed, automatic empty registration.
-- Inputs: kanban_rules. Key: subject, problem.
SELECT 'kanban_rules' AS table_name, [kanban_rule] AS key_parts,
       'rule ' || kanban_rule AS subject, 'is emptied by source requirement but is ' || replenishment_strategy AS problem,
       'Only event rules can be: use received or manual' AS remedy
FROM kanban_rules WHERE empty_policy = 'source_requirement' AND replenishment_strategy <> 'event'
