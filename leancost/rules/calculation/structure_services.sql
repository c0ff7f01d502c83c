-- The subcontracted services of every needed structure: one a unit and activity of its rule, process and transfer alike.
-- Source: contract 2 (activities), domain 1.7 (by flow). Inputs: needed_structures, rule_activities.
-- Key: structure, activity.
SELECT s.structure, s.item, s.site, a.activity, a.service_item, a.service_quantity
FROM needed_structures s
JOIN rule_activities a ON a.kanban_rule = s.kanban_rule AND a.service_item IS NOT NULL
