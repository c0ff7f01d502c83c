-- C27 (warning): an item made by several flows of a site without default flow.
-- Source: contract 6; domain 5 #14.
-- Inputs: kanban_rules, production_flows, default_production_flows. Key: subject, problem.
SELECT 'default_production_flows' AS table_name, NULL AS key_parts,
       'item ' || r.item || ' at site ' || f.site AS subject, 'is made by several flows: '
       || string_agg(DISTINCT r.production_flow, ', ' ORDER BY r.production_flow) AS problem,
       'Set its default production flow: a calculation by flow needs it' AS remedy
FROM kanban_rules r JOIN production_flows f ON f.production_flow = r.production_flow
WHERE r.kanban_type = 'manufacturing'
    AND NOT EXISTS (SELECT 1 FROM default_production_flows d WHERE d.item = r.item AND d.site = f.site)
GROUP BY r.item, f.site HAVING count(DISTINCT r.production_flow) > 1
