-- What each handling unit and each kanban in process holds at the end date, before anything is exploded.
-- quantity (units of the item): of a received unit its quantity, of a kanban in process its picking lines so far.
-- Source: contract 4 (unused at the end date); domain 2.2 step 1, 5 #5, #6, #30, #46. Inputs: run, posting_days,
-- handling_units, production_flows, picking_lines, in_flow_items, bom_periods, bom_lines, kanban_rules. Key: kanban, item, content_date.
WITH standing AS (
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
used_by_the_flow AS (
    SELECT DISTINCT r.kanban
    FROM received r
    JOIN kanban_rules m ON m.production_flow = r.production_flow AND m.kanban_type = 'manufacturing'
    JOIN bom_periods b ON b.item = m.item AND b.site = r.site AND r.received_date BETWEEN b.valid_from AND b.valid_to
    JOIN bom_lines l ON l.bom = b.bom AND l.component = r.item AND l.line_type <> 'vendor'
)
SELECT kanban, kanban_rule, production_flow, site, 'handling_unit' AS unused_type, item, quantity,
       received_date AS content_date, FALSE AS is_exploded
FROM received
WHERE kanban_type = 'withdrawal' AND last_activity_type = 'transfer' AND update_on_pick
UNION ALL
SELECT r.kanban, r.kanban_rule, r.production_flow, r.site,
       CASE WHEN w.kanban IS NULL THEN 'finished' ELSE 'semi_finished' END, r.item, r.quantity, r.received_date, TRUE
FROM received r LEFT JOIN used_by_the_flow w ON w.kanban = r.kanban
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
