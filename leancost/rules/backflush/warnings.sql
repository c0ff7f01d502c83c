-- What the run wants looked at.
-- Source: contract 4 (excess is a warning; process activity without a resource group), 6 (warnings); domain 5 #4, #7,
-- #15, #6, #29, #35, #38. Decisions: D62, D104.
-- Inputs: run, unread_events, posting_days, net_realized_usage, handling_units, receipt_lines, kanban_rules,
-- kanban_jobs, kanbans, rule_activities, product_receipts, wip_balances, activities, standard_price_periods,
-- standard_costs_by_group, unit_contents.
-- Key: code, production_flow, subject, message.
WITH made_items AS (SELECT DISTINCT item FROM kanban_rules WHERE kanban_type = 'manufacturing'),
flows_with_wip AS (SELECT DISTINCT production_flow FROM wip_balances),
services_done AS (
    SELECT a.production_flow, a.service_item AS service,
           sum(CAST(j.good_quantity AS DECIMAL(19, 6)) * CAST(a.service_quantity AS DECIMAL(18, 9))) AS quantity
    FROM kanban_jobs j
    JOIN kanbans k ON k.kanban = j.kanban
    JOIN rule_activities a ON a.kanban_rule = k.kanban_rule AND a.activity = j.activity
    JOIN posting_days d ON d.production_flow = a.production_flow AND j.completed_date BETWEEN d.first_day AND d.last_day
    WHERE a.service_item IS NOT NULL
    GROUP BY a.production_flow, a.service_item
),
services AS (
    SELECT production_flow, service, quantity AS done, 0 AS received FROM services_done
    UNION ALL
    SELECT production_flow, resource, 0, issued_quantity FROM net_realized_usage WHERE resource_type = 'service'
),
services_compared AS (
    SELECT production_flow, service, CAST(sum(done) AS DECIMAL(18, 6)) AS done,
           CAST(sum(received) AS DECIMAL(18, 6)) AS received
    FROM services GROUP BY production_flow, service
),
large_units AS (
    SELECT c.production_flow, c.item, max(c.quantity) AS quantity, max(n.realized_quantity) AS realized_quantity
    FROM unit_contents c
    JOIN net_realized_usage n ON n.production_flow = c.production_flow AND n.resource = c.item
    WHERE c.quantity > n.realized_quantity
    GROUP BY c.production_flow, c.item
),
never_issued AS (
    SELECT r.production_flow, r.resource
    FROM receipt_lines r
    LEFT JOIN net_realized_usage n
        ON n.production_flow = r.production_flow AND n.resource_type = r.resource_type AND n.resource = r.resource
    WHERE r.resource_type = 'item' AND r.resource <> r.item
    GROUP BY r.production_flow, r.resource
    HAVING COALESCE(max(n.issued_quantity), 0) = 0 AND -sum(r.quantity) > COALESCE(max(n.opening_quantity), 0)
)
SELECT 'W01' AS code, production_flow, resource AS subject,
       'more is counted as unused than stands in WIP: ' || CAST(capped_quantity AS VARCHAR)
           || ' too many; look for a unit that is empty but not reported, or counted twice' AS message
FROM net_realized_usage WHERE capped_quantity > 0
UNION ALL
SELECT 'W02', production_flow, resource, 'more was returned than was in WIP: realized quantity '
           || CAST(realized_quantity AS VARCHAR) || '; look for an issue that was not registered'
FROM net_realized_usage WHERE realized_quantity < 0
UNION ALL
SELECT DISTINCT 'W03', r.production_flow, g.item,
       'received without a breakdown, deducted under itself; calculate its standard cost'
FROM receipt_lines r
JOIN made_items m ON m.item = r.item
JOIN standard_price_periods p ON p.item = r.item AND p.site = r.site AND r.posting_date BETWEEN p.valid_from AND p.valid_to
JOIN standard_costs_by_group g ON g.item = p.item AND g.site = p.site AND g.valid_from = p.valid_from AND NOT g.made
WHERE r.resource = r.item AND r.resource_type = 'item'
UNION ALL
SELECT DISTINCT 'W04', a.production_flow, a.activity,
       'process activity without a work cell: its jobs post no conversion'
FROM kanban_jobs j
JOIN kanbans k ON k.kanban = j.kanban
JOIN rule_activities a ON a.kanban_rule = k.kanban_rule AND a.activity = j.activity
JOIN posting_days d ON d.production_flow = a.production_flow AND j.completed_date BETWEEN d.first_day AND d.last_day
JOIN activities s ON s.production_flow = a.production_flow AND s.activity = a.activity
WHERE a.activity_type = 'process' AND s.resource_group IS NULL
UNION ALL
SELECT 'W05', h.consuming_flow, h.kanban, 'has no source kanban: emptied with the first kanban that needs '
           || h.item || ', prepared on ' || CAST(h.emptied_date AS VARCHAR)
FROM handling_units h
JOIN posting_days d ON d.production_flow = h.consuming_flow AND h.emptied_date BETWEEN d.first_day AND d.last_day
WHERE h.emptied_by_requirement
UNION ALL
SELECT 'W06', f.production_flow, f.production_flow,
       'no product was received in the period: everything realized is variance'
FROM flows_with_wip f ANTI JOIN product_receipts p ON p.production_flow = f.production_flow
UNION ALL
SELECT 'W07', production_flow, service, CAST(received AS VARCHAR) || ' services received, jobs done for '
           || CAST(done AS VARCHAR) || '; look for a receipt or a job that is not registered yet'
FROM services_compared WHERE received <> done
UNION ALL
SELECT 'W08', production_flow, item, 'a unit holds ' || CAST(quantity AS VARCHAR) || ', more than the period used, '
           || CAST(realized_quantity AS VARCHAR) || '; make units smaller, or keep them in inventory'
FROM large_units
UNION ALL
SELECT 'W09', production_flow, resource,
       'products were received that hold more of it than was there, and none was issued; look for an issue that was not registered'
FROM never_issued
UNION ALL
SELECT 'W10', n.production_flow, n.table_name,
       n.told || ' on or before the go-live'
           || CASE WHEN n.go_live > u.end_date THEN ', which is after the end of this run'
                   ELSE ' ' || CAST(n.go_live AS VARCHAR) END
           || ': no run reads them'
           || CASE WHEN n.is_of_others THEN '; give the flows that go live later a go_live of their own' ELSE '' END
FROM unread_events n JOIN run u ON n.go_live >= u.start_date - 1
WHERE n.reason = 'history'
