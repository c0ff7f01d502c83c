-- The rule by which a flow makes a semi-finished item found in a unit of a given day.
-- Of the rules active that day, else of all, the one that is taken first.
-- Source: contract 2 (kanban rules are the exception); domain 5 #13. Decision: D9.
-- Inputs: item_contents, manufacturing_rules.
-- Key: production_flow, item, content_date.
WITH days AS (SELECT DISTINCT production_flow, item, content_date FROM item_contents WHERE is_semi_finished),
ranked AS (
    SELECT d.production_flow, d.item, d.content_date, r.kanban_rule,
           row_number() OVER (
               PARTITION BY d.production_flow, d.item, d.content_date
               ORDER BY CASE WHEN d.content_date BETWEEN r.first_day AND r.last_day THEN 0 ELSE 1 END, r.place) AS place
    FROM days d
    JOIN manufacturing_rules r ON r.production_flow = d.production_flow AND r.item = d.item
)
SELECT production_flow, item, content_date, kanban_rule FROM ranked WHERE place = 1
