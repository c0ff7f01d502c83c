-- The active manufacturing rules of every item in every flow on the calculation date, in order; the first is taken.
-- place 1: the earliest effective_from, empty first, then the rule's name.
-- Source: contract 2 (kanban rules are the exception); domain 5 #13. Inputs: calculation, kanban_rules, production_flows.
-- Key: kanban_rule; item, production_flow, place.
WITH active AS (
    SELECT r.item, r.production_flow, f.site, r.kanban_rule, r.quantity,
           count(*) OVER (PARTITION BY r.item, r.production_flow) AS rule_count,
           row_number() OVER (
               PARTITION BY r.item, r.production_flow
               ORDER BY COALESCE(r.effective_from, DATE '0001-01-01'), r.kanban_rule) AS place
    FROM kanban_rules r
    JOIN production_flows f ON f.production_flow = r.production_flow
    CROSS JOIN calculation c
    WHERE r.kanban_type = 'manufacturing'
        AND c.calculation_date BETWEEN COALESCE(r.effective_from, DATE '0001-01-01')
                                   AND COALESCE(r.effective_to, DATE '9999-12-31')
        AND c.calculation_date BETWEEN COALESCE(f.effective_from, DATE '0001-01-01')
                                   AND COALESCE(f.effective_to, DATE '9999-12-31')
)
SELECT item, production_flow, site, kanban_rule, quantity, rule_count, place FROM active
