-- C59 (error): a unit that is exploded by a BOM, but on its day none of its item, or of a part opened in it, holds.
-- A unit that is empty on the day it is received, and a picking line of a unit received by then, count at no end date.
-- Items without any BOM are C33.
-- Source: contract 4 (content, by the BOM valid on the received date); domain 5 #8. Decision: D48.
-- Inputs: kanbans, kanban_rules, kanban_jobs, activities, production_flows, picking_lines, bom_periods, boms,
-- bom_lines.
-- Key: subject, problem.
WITH RECURSIVE in_flow AS (
    SELECT DISTINCT r.production_flow, r.item
    FROM kanban_rules r
    JOIN activities a ON a.production_flow = r.production_flow AND a.activity = r.last_activity
    WHERE r.kanban_type = 'manufacturing' AND NOT a.update_on_receipt
),
units AS (
    SELECT k.kanban, r.production_flow, r.item, a.update_on_receipt, k.assigned_date, k.emptied_date,
           COALESCE(k.received_date, max(j.completed_date)) AS received_date,
           COALESCE(r.empty_policy, CASE r.replenishment_strategy WHEN 'scheduled' THEN 'received' END) AS empty_policy
    FROM kanbans k
    JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule AND r.kanban_type = 'manufacturing'
    JOIN activities a ON a.production_flow = r.production_flow AND a.activity = r.last_activity
    LEFT JOIN kanban_jobs j ON j.kanban = k.kanban AND j.activity = r.last_activity
    GROUP BY k.kanban, k.assigned_date, k.received_date, k.emptied_date, r.production_flow, r.item, r.empty_policy,
             r.replenishment_strategy, a.update_on_receipt
),
exploded AS (
    SELECT production_flow, item, received_date AS day, 'kanban ' || min(kanban) AS holder
    FROM units
    WHERE NOT update_on_receipt AND received_date IS NOT NULL
        AND CASE WHEN emptied_date IS NULL THEN empty_policy IS DISTINCT FROM 'received' ELSE emptied_date > received_date END
    GROUP BY production_flow, item, received_date
    UNION ALL
    SELECT u.production_flow, p.item, p.posting_date, 'picking line ' || min(p.picking_line)
    FROM picking_lines p
    JOIN units u ON u.kanban = p.kanban AND u.assigned_date IS NOT NULL
        AND (u.received_date IS NULL OR u.received_date > p.posting_date)
    JOIN in_flow i ON i.production_flow = u.production_flow AND i.item = p.item
    WHERE NOT p.updates_inventory
    GROUP BY u.production_flow, p.item, p.posting_date
),
opened AS (
    SELECT e.production_flow, f.site, e.day, e.holder, e.item
    FROM exploded e JOIN production_flows f ON f.production_flow = e.production_flow
    UNION
    SELECT o.production_flow, o.site, o.day, o.holder, l.component
    FROM opened o
    JOIN bom_periods b ON b.item = o.item AND b.site = o.site AND o.day BETWEEN b.valid_from AND b.valid_to
    JOIN bom_lines l ON l.bom = b.bom AND l.line_type <> 'vendor' AND l.consumption = 'variable'
    LEFT JOIN in_flow i ON i.production_flow = o.production_flow AND i.item = l.component
    WHERE i.item IS NOT NULL OR l.line_type = 'phantom'
),
told AS (
    SELECT o.item, o.site, count(DISTINCT o.day) AS days, min([CAST(o.day AS VARCHAR), o.holder]) AS first_one
    FROM opened o
    WHERE EXISTS (SELECT 1 FROM boms b WHERE b.item = o.item) AND NOT EXISTS (
        SELECT 1 FROM bom_periods b
        WHERE b.item = o.item AND b.site = o.site AND o.day BETWEEN b.valid_from AND b.valid_to)
    GROUP BY o.item, o.site
)
SELECT 'boms' AS table_name, NULL AS key_parts,
       'item ' || item AS subject, 'has no BOM that holds at site ' || site || ' on ' || first_one[1] || ', the day of '
           || first_one[2] || CASE days WHEN 1 THEN '' ELSE ' (' || days || ' such days)' END
           || ': its content would count as nothing' AS problem,
       'Let a BOM hold on that day, or correct the date' AS remedy
FROM told
