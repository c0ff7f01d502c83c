-- What each handling unit and each kanban in process holds at the end date, before anything is exploded.
-- quantity (units of the item): of a received unit its quantity, of a kanban in process its picking lines so far.
-- A received unit is semi-finished where a BOM of the flow uses its item, directly or through phantoms.
-- Source: contract 4 (unused at the end date); domain 2.2 step 1, 5 #5, #6, #30, #46.
-- Decisions: D8, D10, D11, D24, D67.
-- Inputs: run, posting_days, handling_units, production_flows, picking_lines, in_flow_items, bom_periods, bom_lines,
-- kanban_rules.
-- Key: kanban, item, content_date.
WITH RECURSIVE standing AS (
    SELECT h.*, f.site
    FROM handling_units h
    CROSS JOIN run u
    JOIN production_flows f ON f.production_flow = h.production_flow
    JOIN posting_days d ON d.production_flow = h.production_flow
    WHERE h.emptied_date IS NULL OR h.emptied_date > u.end_date
),
received AS (
    SELECT s.* FROM standing s CROSS JOIN run u
    WHERE s.received_date <= u.end_date AND NOT s.update_on_receipt
),
days AS (
    SELECT DISTINCT production_flow, site, received_date FROM received WHERE kanban_type = 'manufacturing'
),
used_by_the_flow AS (
    SELECT d.production_flow, d.site, d.received_date, l.component, l.line_type
    FROM days d
    JOIN kanban_rules m ON m.production_flow = d.production_flow AND m.kanban_type = 'manufacturing'
    JOIN bom_periods b ON b.item = m.item AND b.site = d.site AND d.received_date BETWEEN b.valid_from AND b.valid_to
    JOIN bom_lines l ON l.bom = b.bom AND l.line_type <> 'vendor'
    UNION
    SELECT w.production_flow, w.site, w.received_date, l.component, l.line_type
    FROM used_by_the_flow w
    JOIN bom_periods b ON b.item = w.component AND b.site = w.site AND w.received_date BETWEEN b.valid_from AND b.valid_to
    JOIN bom_lines l ON l.bom = b.bom AND l.line_type <> 'vendor'
    WHERE w.line_type = 'phantom'
)
SELECT kanban, kanban_rule, production_flow, site, 'handling_unit' AS unused_type, item, quantity,
       received_date AS content_date, FALSE AS is_exploded
FROM received
WHERE kanban_type = 'withdrawal' AND last_activity_type = 'transfer' AND update_on_pick
UNION ALL
SELECT r.kanban, r.kanban_rule, r.production_flow, r.site,
       CASE WHEN w.component IS NULL THEN 'finished' ELSE 'semi_finished' END, r.item, r.quantity, r.received_date, TRUE
FROM received r
LEFT JOIN (SELECT DISTINCT production_flow, received_date, component FROM used_by_the_flow) AS w
    ON w.production_flow = r.production_flow AND w.received_date = r.received_date AND w.component = r.item
WHERE r.kanban_type = 'manufacturing'
UNION ALL
SELECT s.kanban, s.kanban_rule, s.production_flow, s.site, 'in_process', p.item, p.quantity, p.posting_date,
       NOT p.updates_inventory AND i.item IS NOT NULL
FROM standing s
CROSS JOIN run u
JOIN picking_lines p ON p.kanban = s.kanban AND p.posting_date <= u.end_date
LEFT JOIN in_flow_items i ON i.production_flow = s.production_flow AND i.item = p.item
WHERE s.kanban_type = 'manufacturing' AND s.assigned_date <= u.end_date
    AND (s.received_date IS NULL OR s.received_date > u.end_date)
