-- Hours already worked on what stands in the flow, per kanban and cost category, at standard hours per unit.
-- hours = quantity x hours per unit, rounded per kanban and category; capped per flow and category at opening + applied
-- hours, taken in the order of the kanbans.
-- Source: contract 4 (effective WIP under retain; kept hours); domain 5 #1. Inputs: run, kept_activities, opening_hours,
-- conversion_hours. Key: production_flow, cost_category, kanban.
WITH counted AS (
    SELECT production_flow, cost_category, kanban, rule_item,
           CAST(round(sum(quantity * CAST(hours_per_unit AS DECIMAL(16, 12))), 6) AS DECIMAL(18, 6)) AS hours
    FROM kept_activities
    WHERE cost_category IS NOT NULL
    GROUP BY production_flow, cost_category, kanban, rule_item
),
available AS (
    SELECT production_flow, cost_category, greatest(sum(hours), 0) AS hours
    FROM (SELECT production_flow, cost_category, hours FROM opening_hours
          UNION ALL SELECT production_flow, cost_category, hours FROM conversion_hours) AS applied
    GROUP BY production_flow, cost_category
),
running AS (
    SELECT c.*, COALESCE(a.hours, 0) AS available_hours, COALESCE(sum(c.hours) OVER (
               PARTITION BY c.production_flow, c.cost_category ORDER BY c.kanban
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS earlier_hours
    FROM counted c
    LEFT JOIN available a ON a.production_flow = c.production_flow AND a.cost_category = c.cost_category
)
SELECT r.production_flow, r.cost_category, r.kanban, r.rule_item,
       CAST(CASE WHEN u.caps_hours THEN greatest(least(r.hours, r.available_hours - r.earlier_hours), 0)
                 ELSE r.hours END AS DECIMAL(18, 6)) AS hours
FROM running r CROSS JOIN run u
