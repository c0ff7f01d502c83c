-- The rule by which a flow makes a semi-finished item found in a unit of a given day.
-- Of the rules active that day, else of all, the one with the earliest effective_from, empty first, then by its name.
-- Source: contract 2 (kanban rules are the exception); domain 5 #13. Inputs: unit_contents, item_contents, kanban_rules.
-- Key: production_flow, item, content_date.
WITH days AS (SELECT DISTINCT production_flow, item, content_date FROM item_contents WHERE is_semi_finished),
ranked AS (
    SELECT d.production_flow, d.item, d.content_date, r.kanban_rule,
           row_number() OVER (
               PARTITION BY d.production_flow, d.item, d.content_date
               ORDER BY CASE WHEN d.content_date BETWEEN COALESCE(r.effective_from, DATE '0001-01-01')
                                  AND COALESCE(r.effective_to, DATE '9999-12-31') THEN 0 ELSE 1 END,
                        COALESCE(r.effective_from, DATE '0001-01-01'), r.kanban_rule) AS place
    FROM days d
    JOIN kanban_rules r
        ON r.production_flow = d.production_flow AND r.item = d.item AND r.kanban_type = 'manufacturing'
)
SELECT production_flow, item, content_date, kanban_rule FROM ranked WHERE place = 1
