-- C25 (warning): several active rules that make one item in one flow.
-- Source: contract 2; domain 5 #13.
-- Inputs: manufacturing_rules. Key: subject, problem.
WITH ranked AS (
    SELECT a.item, a.production_flow, a.kanban_rule,
           row_number() OVER (PARTITION BY a.item, a.production_flow ORDER BY a.place) AS place
    FROM manufacturing_rules a
    WHERE EXISTS (
        SELECT 1 FROM manufacturing_rules b
        WHERE b.item = a.item AND b.production_flow = a.production_flow AND b.kanban_rule <> a.kanban_rule
            AND a.first_day <= b.last_day AND b.first_day <= a.last_day)
)
SELECT 'kanban_rules' AS table_name, [min(kanban_rule) FILTER (WHERE place = 2)] AS key_parts,
       item || ' in flow ' || production_flow AS subject,
       'has several active rules; the calculation takes the first, ' || min(kanban_rule) FILTER (WHERE place = 1) AS problem,
       'End the others, or accept it' AS remedy, production_flow
FROM ranked GROUP BY item, production_flow
