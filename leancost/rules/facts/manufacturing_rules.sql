-- The manufacturing rules of an item in a flow, in the order in which they are taken where several would do.
-- place 1: the earliest effective_from, empty first, then the rule's name.
-- Source: contract 2 (kanban rules are the exception; effective dates inclusive); domain 5 #13. Decision: D9.
-- Inputs: kanban_rules.
-- Key: kanban_rule; item, production_flow, place.
SELECT item, production_flow, kanban_rule, quantity, last_activity, begins(effective_from) AS first_day,
       ends(effective_to) AS last_day,
       row_number() OVER (PARTITION BY item, production_flow ORDER BY begins(effective_from), kanban_rule) AS place
FROM kanban_rules
WHERE kanban_type = 'manufacturing'
