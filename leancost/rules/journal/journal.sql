-- The vouchers of the period's events and of the run: two lines a pair, debit and credit.
-- Source: contract 6 (journal); domain 4.3. Decision: D23.
-- Inputs: run, entries, accounts. Key: voucher, line.
WITH numbered AS (
    SELECT e.*,
           row_number() OVER (
               PARTITION BY voucher
               ORDER BY subject, side_order, production_flow, cost_group, resource, debit_type, credit_type) AS pair
    FROM entries e
),
sides AS (SELECT 1 AS side, 1 AS sign UNION ALL SELECT 2, -1),
lines AS (
    SELECT n.voucher, 2 * n.pair - 2 + s.side AS line, n.posting_date, n.production_flow, n.cost_group, n.resource, n.text,
           CASE WHEN n.amount * s.sign > 0 THEN n.debit_type ELSE n.credit_type END AS posting_type,
           CASE s.side WHEN 1 THEN abs(n.amount) ELSE CAST(0 AS DECIMAL(18, 3)) END AS debit,
           CASE s.side WHEN 2 THEN abs(n.amount) ELSE CAST(0 AS DECIMAL(18, 3)) END AS credit
    FROM numbered n CROSS JOIN sides s
)
SELECT l.voucher, CAST(l.line AS INTEGER) AS line, l.posting_date, l.production_flow, l.posting_type, a.main_account,
       l.cost_group, l.resource, l.debit, l.credit, u.currency, l.text
FROM lines l
CROSS JOIN run u
LEFT JOIN accounts a
    ON a.production_flow = l.production_flow AND a.posting_type = l.posting_type
    AND a.cost_group = COALESCE(l.cost_group, '')
