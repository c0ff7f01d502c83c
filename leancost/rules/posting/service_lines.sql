-- Subcontracted services received in the period, and what their invoices differ from the receipts.
-- amount (currency) = quantity x unit price; of an invoice quantity x (invoice price - receipt price), without quantity.
-- Source: contract 4 (service receipt, service invoice); domain 2.1 E14, E15, 5 #34. Decision: D1.
-- Inputs: run, posting_days, service_receipts, service_invoices, production_flows, items. Key: event.
WITH services AS (
    SELECT 'service_receipts:' || service_receipt AS event, posting_date, production_flow, service_item,
           quantity, quantity AS priced_quantity, unit_price AS unit_cost
    FROM service_receipts
    UNION ALL
    SELECT 'service_invoices:' || i.service_invoice, i.posting_date, r.production_flow, r.service_item,
           CAST(NULL AS DECIMAL(18, 6)), i.quantity, i.unit_price - r.unit_price
    FROM service_invoices i JOIN service_receipts r ON r.service_receipt = i.service_receipt
    WHERE i.unit_price <> r.unit_price AND i.quantity <> 0
),
priced AS (
    SELECT s.*, f.site, t.cost_group, CAST(s.priced_quantity AS DECIMAL(19, 6)) * CAST(s.unit_cost AS DECIMAL(18, 6))
           AS exact_amount, u.minor_units, u.minor_unit
    FROM services s
    CROSS JOIN run u
    JOIN posting_days d ON d.production_flow = s.production_flow AND s.posting_date BETWEEN d.first_day AND d.last_day
    JOIN production_flows f ON f.production_flow = s.production_flow
    JOIN items t ON t.item = s.service_item
    WHERE s.quantity IS NULL OR s.quantity <> 0
)
SELECT event, posting_date, production_flow, site, CAST(NULL AS VARCHAR) AS item, service_item AS rate_item,
       'service' AS transaction_type, 'service' AS resource_type, service_item AS resource, cost_group, quantity,
       CAST(unit_cost AS DECIMAL(18, 6)) AS unit_cost,
       money(exact_amount, minor_units, minor_unit) AS amount,
       CAST(exact_amount AS DECIMAL(38, 12)) AS exact_amount, FALSE AS made
FROM priced
