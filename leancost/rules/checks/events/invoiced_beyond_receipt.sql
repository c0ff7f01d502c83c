-- C46 (warning): services invoiced beyond, against or before their receipt.
-- Source: domain 5 #35.
-- Inputs: service_invoices, service_receipts. Key: subject, problem.
SELECT 'service_invoices' AS table_name, max([CAST(i.posting_date AS VARCHAR), i.service_invoice])[2:] AS key_parts,
       'service receipt ' || r.service_receipt AS subject, 'is of ' || r.quantity || ', invoiced ' || sum(i.quantity) AS problem,
       'Check the invoices' AS remedy, r.production_flow, max(i.posting_date) AS day
FROM service_receipts r JOIN service_invoices i ON i.service_receipt = r.service_receipt
GROUP BY r.service_receipt, r.production_flow, r.quantity 
HAVING CASE WHEN r.quantity < 0 THEN sum(i.quantity) NOT BETWEEN r.quantity AND 0
            ELSE sum(i.quantity) NOT BETWEEN 0 AND r.quantity END
UNION ALL
SELECT 'service_invoices', [i.service_invoice],
       'service invoice ' || i.service_invoice, 'is dated ' || i.posting_date || ', before its receipt', 'Check the dates',
       r.production_flow, i.posting_date
FROM service_invoices i JOIN service_receipts r ON r.service_receipt = i.service_receipt
WHERE i.posting_date < r.posting_date
