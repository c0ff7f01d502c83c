-- Hours of every process job completed in the period on a work cell of our own, and those charged only by the process quantity.
-- hours = max(good + error, process quantity) x hours per unit; excess = hours - (good + error) x hours per unit.
-- Source: contract 4 (conversion); domain 2.1 E8, 5 #9, #49. Decision: D13.
-- Inputs: posting_days, kanban_jobs, kanbans, rule_activities. Key: event.
WITH charged AS (
    SELECT 'kanban_jobs:' || j.job AS event, j.completed_date AS posting_date, a.production_flow, a.site, a.item,
           a.cost_category, a.hours_per_unit, a.process_quantity,
           CAST(j.good_quantity + j.error_quantity AS DECIMAL(15, 6)) AS worked_quantity
    FROM kanban_jobs j
    JOIN kanbans k ON k.kanban = j.kanban
    JOIN rule_activities a ON a.kanban_rule = k.kanban_rule AND a.activity = j.activity
    JOIN posting_days d ON d.production_flow = a.production_flow AND j.completed_date BETWEEN d.first_day AND d.last_day
    WHERE a.cost_category IS NOT NULL
),
rounded AS (
    SELECT event, posting_date, production_flow, site, item, cost_category,
           CAST(round(hours_per_unit * worked_quantity, 6) AS DECIMAL(18, 6)) AS worked_hours,
           CAST(round(hours_per_unit * CAST(greatest(worked_quantity, process_quantity) AS DECIMAL(15, 6)), 6)
                AS DECIMAL(18, 6)) AS hours
    FROM charged
)
SELECT event, posting_date, production_flow, site, item, cost_category, hours, hours - worked_hours AS excess_hours
FROM rounded
