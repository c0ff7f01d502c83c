-- The active manufacturing rules of every item in every flow on the calculation date, in order; the first is taken.
-- Source: contract 2 (kanban rules are the exception); domain 5 #13. Decision: D34.
-- Inputs: calculation, manufacturing_rules, production_flows. Key: kanban_rule; item, production_flow, place.
SELECT r.item, r.production_flow, f.site, r.kanban_rule, r.quantity,
       count(*) OVER (PARTITION BY r.item, r.production_flow) AS rule_count,
       row_number() OVER (PARTITION BY r.item, r.production_flow ORDER BY r.place) AS place
FROM manufacturing_rules r
JOIN production_flows f ON f.production_flow = r.production_flow
CROSS JOIN calculation c
WHERE c.calculation_date BETWEEN r.first_day AND r.last_day
    AND c.calculation_date BETWEEN begins(f.effective_from) AND ends(f.effective_to)
