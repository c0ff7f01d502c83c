-- The activities of every kanban rule: those of its flow from its first to its last, with hours per unit.
-- hours_per_unit (hours per unit of product) = run time hours / run time quantity x throughput ratio; own work cells only.
-- Source: contract 3 and 4 (a rule's activities; conversion; subcontracted activities); domain 2.1 E8, 5 #32, #48.
-- Inputs: kanban_rules, production_flows, activities, activity_ratios, resource_groups, per_unit_quantities.
-- Key: kanban_rule, activity.
SELECT r.kanban_rule, r.production_flow, f.site, r.item, r.kanban_type, a.activity, a.sequence, a.activity_type,
       a.update_on_pick, a.update_on_receipt, a.activity = r.last_activity AS is_last, a.service_item,
       a.service_quantity, a.process_quantity,
       CASE WHEN a.activity_type = 'process' AND g.vendor IS NULL THEN g.run_time_cost_category END AS cost_category,
       CAST(p.quotient * COALESCE(q.throughput_ratio, CAST(1 AS DECIMAL(18, 9))) AS DECIMAL(23, 15)) AS hours_per_unit
FROM kanban_rules r
JOIN production_flows f ON f.production_flow = r.production_flow
JOIN activities first_one ON first_one.production_flow = r.production_flow AND first_one.activity = r.first_activity
JOIN activities last_one ON last_one.production_flow = r.production_flow AND last_one.activity = r.last_activity
JOIN activities a
    ON a.production_flow = r.production_flow AND a.sequence BETWEEN first_one.sequence AND last_one.sequence
LEFT JOIN resource_groups g ON g.resource_group = a.resource_group
LEFT JOIN activity_ratios q
    ON q.production_flow = a.production_flow AND q.activity = a.activity AND q.item = r.item
LEFT JOIN per_unit_quantities p
    ON p.purpose = 'activity' AND p.owner = a.production_flow AND p.line = a.activity
