-- Events that no run will ever read, per table and flow: count, first and last date, and the keys of the first five.
-- history: dated on or before the flow's go-live, and not of a unit that stands in the flow then, nor a receipt whose invoice
-- comes later. future: in the year 2100 or later, or after more than 366 days without any date, those before being half of all.
-- is_of_others: the go-live is that of the book, and no row of the flow itself is dated so.
-- Source: contract 3 (opening_wip: such events are not posted; units that stand in WIP have a kanbans row); domain 5
-- #19, #20. Decisions: D61, D62.
-- Inputs: go_lives, production_flows, opening_wip, kanbans, kanban_rules, activities, kanban_jobs, picking_lines,
-- service_receipts, service_invoices.
-- Key: reason, table_name, production_flow.
WITH last_completions AS (
    SELECT k.kanban, max(j.completed_date) AS completed_date
    FROM kanbans k
    JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
    JOIN kanban_jobs j ON j.kanban = k.kanban AND j.activity = r.last_activity
    GROUP BY k.kanban
),
received AS (
    SELECT k.kanban, k.assigned_date, k.emptied_date, r.production_flow, r.supermarket, r.consuming_production_flow,
           COALESCE(a.update_on_receipt, FALSE) AS update_on_receipt, COALESCE(k.received_date, c.completed_date) AS received_date,
           COALESCE(r.empty_policy, CASE r.replenishment_strategy WHEN 'scheduled' THEN 'received' ELSE '' END) AS empty_policy
    FROM kanbans k
    JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
    LEFT JOIN activities a ON a.production_flow = r.production_flow AND a.activity = r.last_activity
    LEFT JOIN last_completions c ON c.kanban = k.kanban
),
units AS (
    SELECT r.kanban, r.production_flow, r.supermarket, r.consuming_production_flow, r.assigned_date, r.received_date,
           COALESCE(r.emptied_date, CASE r.empty_policy WHEN 'received' THEN r.received_date END) AS emptied_date,
           r.update_on_receipt AND NOT COALESCE(r.supermarket, FALSE) AS leaves_when_received
    FROM received r
),
gone_units AS (
    SELECT u.kanban, u.production_flow, COALESCE(u.emptied_date, u.received_date) AS event_date
    FROM units u JOIN go_lives g ON g.production_flow = u.production_flow
    WHERE u.emptied_date <= g.go_live OR (u.leaves_when_received AND u.received_date <= g.go_live)
),
history AS (
    SELECT 'kanbans' AS table_name, u.kanban AS event, u.production_flow, u.event_date
    FROM gone_units u JOIN go_lives g ON g.production_flow = u.production_flow AND u.event_date <= g.go_live
    UNION ALL
    SELECT 'kanbans', u.kanban, u.consuming_production_flow, u.emptied_date
    FROM units u
    JOIN go_lives g ON g.production_flow = u.consuming_production_flow AND u.emptied_date <= g.go_live
    JOIN go_lives o ON o.production_flow = u.production_flow AND u.emptied_date > o.go_live
    WHERE u.supermarket
    UNION ALL
    SELECT 'kanban_jobs', j.job, u.production_flow, j.completed_date
    FROM kanban_jobs j
    JOIN gone_units u ON u.kanban = j.kanban
    JOIN go_lives g ON g.production_flow = u.production_flow AND j.completed_date <= g.go_live
    UNION ALL
    SELECT 'picking_lines', p.picking_line, p.production_flow, p.posting_date
    FROM picking_lines p
    JOIN go_lives g ON g.production_flow = p.production_flow AND p.posting_date <= g.go_live
    LEFT JOIN gone_units u ON u.kanban = p.kanban
    WHERE p.kanban IS NULL OR u.kanban IS NOT NULL
    UNION ALL
    SELECT 'service_receipts', s.service_receipt, s.production_flow, s.posting_date
    FROM service_receipts s
    JOIN go_lives g ON g.production_flow = s.production_flow AND s.posting_date <= g.go_live
    WHERE NOT EXISTS (
        SELECT 1 FROM service_invoices i WHERE i.service_receipt = s.service_receipt AND i.posting_date > g.go_live)
    UNION ALL
    SELECT 'service_invoices', i.service_invoice, s.production_flow, i.posting_date
    FROM service_invoices i
    JOIN service_receipts s ON s.service_receipt = i.service_receipt
    JOIN go_lives g ON g.production_flow = s.production_flow AND i.posting_date <= g.go_live
),
dated AS (
    SELECT 'kanbans' AS table_name, k.kanban AS event, r.production_flow, k.assigned_date AS event_date
    FROM kanbans k JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
    UNION ALL
    SELECT 'kanbans', k.kanban, r.production_flow, k.received_date
    FROM kanbans k JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
    UNION ALL
    SELECT 'kanbans', k.kanban, r.production_flow, k.emptied_date
    FROM kanbans k JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
    UNION ALL
    SELECT 'kanban_jobs', j.job, r.production_flow, j.prepared_date
    FROM kanban_jobs j
    JOIN kanbans k ON k.kanban = j.kanban
    JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
    UNION ALL
    SELECT 'kanban_jobs', j.job, r.production_flow, j.completed_date
    FROM kanban_jobs j
    JOIN kanbans k ON k.kanban = j.kanban
    JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
    UNION ALL
    SELECT 'picking_lines', picking_line, production_flow, posting_date FROM picking_lines
    UNION ALL
    SELECT 'service_receipts', service_receipt, production_flow, posting_date FROM service_receipts
    UNION ALL
    SELECT 'service_invoices', i.service_invoice, s.production_flow, i.posting_date
    FROM service_invoices i JOIN service_receipts s ON s.service_receipt = i.service_receipt
),
days AS (
    SELECT event_date, count(*) AS dates
    FROM (SELECT event_date FROM dated WHERE event_date IS NOT NULL
          UNION ALL SELECT posting_date FROM opening_wip) AS all_dates
    GROUP BY event_date
),
ordered_days AS (
    SELECT event_date, lag(event_date) OVER (ORDER BY event_date) AS day_before,
           sum(dates) OVER (ORDER BY event_date ROWS UNBOUNDED PRECEDING) - dates AS dates_before,
           sum(dates) OVER () AS all_dates
    FROM days
),
far_days AS (
    SELECT least(min(event_date), DATE '2100-01-01') AS first_day
    FROM ordered_days
    WHERE event_date >= DATE '2100-01-01' OR (event_date - day_before > 366 AND 2 * dates_before >= all_dates)
),
unread AS (
    SELECT 'history' AS reason, table_name, event, production_flow, event_date FROM history
    UNION ALL
    SELECT DISTINCT 'future', d.table_name, d.event, d.production_flow, d.event_date
    FROM dated d JOIN far_days f ON d.event_date >= f.first_day
),
ordered AS (
    SELECT u.*,
           row_number() OVER (PARTITION BY reason, table_name, production_flow ORDER BY event_date, event) AS place
    FROM unread u
),
flows_with_rows AS (
    SELECT g.production_flow FROM go_lives g JOIN opening_wip o ON o.production_flow = g.production_flow
    WHERE o.posting_date = g.go_live
    UNION
    SELECT production_flow FROM production_flows WHERE go_live IS NOT NULL
)
SELECT o.reason, o.table_name, o.production_flow, g.go_live, w.production_flow IS NULL AS is_of_others,
       count(*) AS events, min(o.event_date) AS first_date, max(o.event_date) AS last_date,
       min(CASE o.place WHEN 1 THEN o.event END) AS first_event,
       CASE count(*) WHEN 1 THEN 'one row' ELSE CAST(count(*) AS VARCHAR) || ' rows' END || ' of ' || o.table_name || ' dated '
           || CASE WHEN min(o.event_date) = max(o.event_date) THEN CAST(min(o.event_date) AS VARCHAR)
                   ELSE CAST(min(o.event_date) AS VARCHAR) || ' to ' || CAST(max(o.event_date) AS VARCHAR) END
           || ' (' || string_agg(CASE WHEN o.place <= 5 THEN o.event END, ', ' ORDER BY o.place)
           || CASE WHEN count(*) > 5 THEN ' and ' || CAST(count(*) - 5 AS VARCHAR) || ' more' ELSE '' END || ')' AS told
FROM ordered o
JOIN go_lives g ON g.production_flow = o.production_flow
LEFT JOIN flows_with_rows w ON w.production_flow = o.production_flow
GROUP BY o.reason, o.table_name, o.production_flow, g.go_live, w.production_flow
