-- C25 (warning): several active rules that make one item in one flow.
-- Source: contract 2; domain 5 #13.
-- Inputs: kanban_rules. Key: subject, problem.
WITH ranked AS (
    SELECT a.item, a.production_flow, a.kanban_rule, row_number() OVER (PARTITION BY a.item, a.production_flow
               ORDER BY COALESCE(a.effective_from, DATE '0001-01-01'), a.kanban_rule) AS place
    FROM kanban_rules a
    WHERE a.kanban_type = 'manufacturing' AND EXISTS (
        SELECT 1 FROM kanban_rules b
        WHERE b.kanban_type = 'manufacturing' AND b.item = a.item AND b.production_flow = a.production_flow
            AND b.kanban_rule <> a.kanban_rule
            AND COALESCE(a.effective_from, DATE '0001-01-01') <= COALESCE(b.effective_to, DATE '9999-12-31')
            AND COALESCE(b.effective_from, DATE '0001-01-01') <= COALESCE(a.effective_to, DATE '9999-12-31'))
)
SELECT 'kanban_rules' AS table_name, [min(kanban_rule) FILTER (WHERE place = 2)] AS key_parts,
       item || ' in flow ' || production_flow AS subject,
       'has several active rules; the calculation takes the first, ' || min(kanban_rule) FILTER (WHERE place = 1) AS problem,
       'End the others, or accept it' AS remedy, production_flow
FROM ranked GROUP BY item, production_flow
