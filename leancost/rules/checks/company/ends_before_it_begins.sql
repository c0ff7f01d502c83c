-- C39 (error): dates that end before they begin.
-- Source: contract 2.
-- Inputs: production_flows, kanban_rules, boms, routes. Key: subject, problem.
WITH dated AS (
    SELECT 'production_flows' AS table_name, production_flow AS name, 'flow ' || production_flow AS subject, effective_from, effective_to
    FROM production_flows
    UNION ALL SELECT 'kanban_rules', kanban_rule, 'rule ' || kanban_rule, effective_from, effective_to FROM kanban_rules
    UNION ALL SELECT 'boms', bom, 'BOM ' || bom, effective_from, effective_to FROM boms
    UNION ALL SELECT 'routes', route, 'route ' || route, effective_from, effective_to FROM routes
)
SELECT table_name, [name] AS key_parts,
       subject, 'ends on ' || effective_to || ', before it begins on ' || effective_from AS problem, 'Correct the dates' AS remedy
FROM dated WHERE effective_from > effective_to
