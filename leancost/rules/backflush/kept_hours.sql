-- Hours already worked on what stands in the flow, per kanban, cost category and the item whose rates they bear.
-- hours = quantity x hours per unit, rounded per kanban and category; capped per flow and category at opening + applied
-- hours, taken in the order of the kanbans; what is kept of a kanban is spread over its items by running sum.
-- Source: contract 4 (effective WIP under retain; kept hours; finer points: the rates of the rule's item, of a
-- semi-finished item those of its own rule); domain 5 #1. Decisions: D6, D66.
-- Inputs: run, kept_activities, opening_hours, conversion_hours.
-- Key: production_flow, cost_category, kanban, rule_item.
WITH exact_hours AS (
    SELECT production_flow, cost_category, kanban, rule_item,
           sum(quantity * CAST(hours_per_unit AS DECIMAL(16, 12))) AS hours
    FROM kept_activities
    WHERE cost_category IS NOT NULL
    GROUP BY production_flow, cost_category, kanban, rule_item
),
running AS (
    SELECT *, sum(hours) OVER (
               PARTITION BY production_flow, cost_category, kanban ORDER BY rule_item ROWS UNBOUNDED PRECEDING)
               AS running_hours
    FROM exact_hours
),
of_kanbans AS (
    SELECT production_flow, cost_category, kanban, CAST(round(sum(hours), 6) AS DECIMAL(18, 6)) AS hours
    FROM exact_hours
    GROUP BY production_flow, cost_category, kanban
),
available AS (
    SELECT production_flow, cost_category, greatest(sum(hours), 0) AS hours
    FROM (SELECT production_flow, cost_category, hours FROM opening_hours
          UNION ALL SELECT production_flow, cost_category, hours FROM conversion_hours) AS applied
    GROUP BY production_flow, cost_category
),
left_for_kanbans AS (
    SELECT k.*, COALESCE(a.hours, 0) - COALESCE(sum(k.hours) OVER (
               PARTITION BY k.production_flow, k.cost_category ORDER BY k.kanban
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS left_hours
    FROM of_kanbans k
    LEFT JOIN available a ON a.production_flow = k.production_flow AND a.cost_category = k.cost_category
),
kept AS (
    SELECT k.production_flow, k.cost_category, k.kanban,
           greatest(CASE WHEN u.caps_hours THEN least(k.hours, k.left_hours) ELSE k.hours END, 0) AS hours
    FROM left_for_kanbans k CROSS JOIN run u
)
SELECT r.production_flow, r.cost_category, r.kanban, r.rule_item,
       CAST(least(greatest(round(r.running_hours, 6), 0), k.hours)
            - least(greatest(round(r.running_hours - r.hours, 6), 0), k.hours) AS DECIMAL(18, 6)) AS hours
FROM running r
JOIN kept k ON k.production_flow = r.production_flow AND k.cost_category = r.cost_category AND k.kanban = r.kanban
