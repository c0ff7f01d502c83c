-- C26 (error): a default flow that does not make the item.
-- Source: contract 2; domain 5 #14.
-- Inputs: default_production_flows, kanban_rules. Key: subject, problem.
SELECT 'default_production_flows' AS table_name, [d.item, d.site] AS key_parts,
       'item ' || d.item || ' at site ' || d.site AS subject, 'has default flow ' || d.production_flow
       || ', where no manufacturing rule makes it' AS problem, 'Name a flow that makes it, or add a rule' AS remedy,
       d.production_flow
FROM default_production_flows d
WHERE NOT EXISTS (
    SELECT 1 FROM kanban_rules r
    WHERE r.production_flow = d.production_flow AND r.item = d.item AND r.kanban_type = 'manufacturing')
