-- Step 1: what stands unused in each flow at the end date, in components and services, per kanban.
-- quantity (units) = sum of the contents, rounded once per row; before the cap.
-- Source: contract 4 (unused at the end date) and 6; domain 2.2 step 1. Decision: D12.
-- Inputs: unit_contents, item_contents, kept_activities. Key: production_flow, item, unused_type, kanban.
WITH contents AS (
    SELECT production_flow, item, unused_type, kanban, CAST(quantity AS DECIMAL(38, 21)) AS quantity
    FROM unit_contents
    WHERE NOT is_exploded
    UNION ALL
    SELECT c.production_flow, i.item, c.unused_type, c.kanban, CAST(c.quantity AS DECIMAL(15, 6)) * i.quantity
    FROM unit_contents c
    JOIN item_contents i
        ON i.production_flow = c.production_flow AND i.root = c.item AND i.content_date = c.content_date AND NOT i.is_opened
    WHERE c.is_exploded
    UNION ALL
    SELECT production_flow, service_item, unused_type, kanban, quantity * CAST(service_quantity AS DECIMAL(16, 9))
    FROM kept_activities
    WHERE service_item IS NOT NULL
)
SELECT production_flow, item, unused_type, kanban, CAST(round(sum(quantity), 6) AS DECIMAL(18, 6)) AS quantity
FROM contents
GROUP BY production_flow, item, unused_type, kanban
HAVING round(sum(quantity), 6) > 0
