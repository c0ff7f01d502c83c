-- The resources a flow is expected to use: those in an active breakdown of a product its rules can make at the end date,
-- or in one a receipt of the period used.
-- Source: contract 4 (substitution; can make: by rules active at the end date); domain 5 #45. Decision: D15.
-- Inputs: run, manufacturing_rules, production_flows, standard_price_periods, standard_cost_lines, receipt_lines.
-- Key: production_flow, resource_type, resource.
SELECT r.production_flow, l.resource_type, l.resource
FROM manufacturing_rules r
CROSS JOIN run u
JOIN production_flows f ON f.production_flow = r.production_flow
JOIN standard_price_periods p
    ON p.item = r.item AND p.site = f.site AND u.end_date BETWEEN p.valid_from AND p.valid_to
JOIN standard_cost_lines l ON l.item = p.item AND l.site = p.site AND l.valid_from = p.valid_from
WHERE u.end_date BETWEEN r.first_day AND r.last_day
UNION
SELECT production_flow, resource_type, resource FROM receipt_lines
