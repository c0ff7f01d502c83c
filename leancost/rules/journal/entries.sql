-- What is debited and credited: one pair per WIP line, per resource and cost group of a run step, per row of variances.
-- amount (currency); a negative amount turns the sides round when the lines are written.
-- Source: contract 6 (journal); domain 2.1, 2.2. Decision: D23.
-- Inputs: run, posting_days, wip_lines, service_invoices, service_receipts, items, realized_usage, variances.
-- Key: voucher, pair.
WITH invoices AS (
    SELECT 'service_invoices:' || i.service_invoice AS event, i.posting_date, r.production_flow, r.service_item, t.cost_group,
           money(CAST(i.quantity AS DECIMAL(19, 6)) * r.unit_price, u.minor_units, u.minor_unit) AS accrued_amount
    FROM service_invoices i
    CROSS JOIN run u
    JOIN service_receipts r ON r.service_receipt = i.service_receipt
    JOIN posting_days d ON d.production_flow = r.production_flow AND i.posting_date BETWEEN d.first_day AND d.last_day
    JOIN items t ON t.item = r.service_item
),
invoice_deviations AS (
    SELECT event, amount FROM wip_lines WHERE transaction_type = 'service' AND quantity IS NULL
),
variance_rows AS (
    SELECT v.production_flow, v.cost_group, v.resource, v.resource_type, v.variance_type, v.amount
    FROM variances v CROSS JOIN run WHERE variances_to_standard = 'per_cost_group'
    UNION ALL
    SELECT v.production_flow, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), '', v.variance_type, sum(v.amount)
    FROM variances v CROSS JOIN run WHERE variances_to_standard = 'summarised'
    GROUP BY v.production_flow, v.variance_type
),
steps AS (
    SELECT production_flow, cost_group, resource, resource_type,
           CASE resource_type WHEN 'item' THEN 'material' WHEN 'service' THEN 'services'
                WHEN 'cost_category' THEN 'conversion' ELSE 'indirect' END AS step,
           CASE resource_type WHEN 'item' THEN 'inventory_issue' WHEN 'service' THEN 'service_wip_clearing'
                WHEN 'cost_category' THEN 'manufacturing_absorbed' ELSE 'indirect_absorbed' END AS financial_type,
           CASE resource_type WHEN 'item' THEN 'inventory_issue_estimated' WHEN 'service' THEN 'service_wip_clearing'
                WHEN 'cost_category' THEN 'manufacturing_absorbed_estimated' ELSE 'indirect_absorbed_estimated' END
               AS physical_type,
           realized_amount, allowed_amount
    FROM realized_usage
),
event_entries AS (
    SELECT event AS voucher, posting_date, production_flow, transaction AS subject, 1 AS side_order,
           CASE transaction_type WHEN 'product_receipt' THEN 'finished_goods_estimated' ELSE 'wip_estimated' END
               AS debit_type,
           CASE transaction_type WHEN 'product_receipt' THEN 'wip_estimated'
                WHEN 'conversion' THEN 'manufacturing_absorbed_estimated' WHEN 'indirect' THEN 'indirect_absorbed_estimated'
                WHEN 'service' THEN 'service_accrued' WHEN 'revaluation' THEN 'revaluation'
                ELSE 'inventory_issue_estimated' END AS credit_type,
           cost_group, resource, CASE transaction_type WHEN 'product_receipt' THEN -amount ELSE amount END AS amount,
           replace(transaction_type, '_', ' ') AS text
    FROM wip_lines
    WHERE transaction_type <> 'service' OR quantity IS NOT NULL
    UNION ALL
    SELECT event, posting_date, production_flow, event, 0, 'service_accrued', 'wip_estimated', cost_group, service_item,
           accrued_amount, 'service invoice, accrual at receipt price'
    FROM invoices
    UNION ALL
    SELECT i.event, i.posting_date, i.production_flow, i.event, 1, 'wip_estimated', 'service_vendor', i.cost_group,
           i.service_item, i.accrued_amount + COALESCE(d.amount, 0), 'service invoice'
    FROM invoices i LEFT JOIN invoice_deviations d ON d.event = i.event
),
run_entries AS (
    SELECT step, production_flow, resource_type || '/' || resource || '/' || cost_group AS subject, 1 AS side_order,
           physical_type AS debit_type, 'wip_estimated' AS credit_type, cost_group, resource, realized_amount AS amount,
           'realized ' || step || ', physical' AS text
    FROM steps
    UNION ALL
    SELECT step, production_flow, resource_type || '/' || resource || '/' || cost_group, 2, 'wip', financial_type,
           cost_group, resource, realized_amount, 'realized ' || step || ', financial'
    FROM steps
    UNION ALL
    SELECT 'products', production_flow, resource_type || '/' || resource || '/' || cost_group, 1, 'wip_estimated',
           'finished_goods_estimated', cost_group, resource, allowed_amount, 'products, physical'
    FROM steps
    UNION ALL
    SELECT 'products', production_flow, resource_type || '/' || resource || '/' || cost_group, 2, 'finished_goods', 'wip',
           cost_group, resource, allowed_amount, 'products, financial'
    FROM steps
    UNION ALL
    SELECT 'variances', production_flow,
           COALESCE(cost_group, '') || '/' || resource_type || '/' || COALESCE(resource, '') || '/' || variance_type, 1,
           'variance_' || variance_type, 'wip', cost_group, resource, amount,
           replace(variance_type, '_', ' ') || ' variance'
    FROM variance_rows
)
SELECT voucher, posting_date, production_flow, subject, side_order, debit_type, credit_type, cost_group, resource,
       CAST(amount AS DECIMAL(18, 3)) AS amount, text
FROM event_entries
WHERE amount <> 0
UNION ALL
SELECT CAST(u.end_date AS VARCHAR) || '/' || r.production_flow || '/' || r.step, u.end_date, r.production_flow, r.subject,
       r.side_order, r.debit_type, r.credit_type, r.cost_group, r.resource, CAST(r.amount AS DECIMAL(18, 3)), r.text
FROM run_entries r CROSS JOIN run u
WHERE r.amount <> 0
