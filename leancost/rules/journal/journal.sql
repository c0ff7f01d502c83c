-- The vouchers of the period's events and of the run: two lines a pair, debit and credit.
-- Source: contract 6 (journal); domain 4.3. Inputs: run, entries, accounts. Key: voucher, line.
WITH numbered AS (
    SELECT e.*,
           row_number() OVER (
               PARTITION BY voucher
               ORDER BY subject, side_order, production_flow, cost_group, resource, debit_type, credit_type) AS pair
    FROM entries e
),
sides AS (
    SELECT voucher, 2 * pair - 1 AS line, posting_date, production_flow, cost_group, resource, text,
           CASE WHEN amount > 0 THEN debit_type ELSE credit_type END AS posting_type,
           abs(amount) AS debit, CAST(0 AS DECIMAL(18, 3)) AS credit
    FROM numbered
    UNION ALL
    SELECT voucher, 2 * pair, posting_date, production_flow, cost_group, resource, text,
           CASE WHEN amount > 0 THEN credit_type ELSE debit_type END, CAST(0 AS DECIMAL(18, 3)), abs(amount)
    FROM numbered
)
SELECT s.voucher, CAST(s.line AS INTEGER) AS line, s.posting_date, s.production_flow, s.posting_type, a.main_account,
       s.cost_group, s.resource, s.debit, s.credit, u.currency, s.text
FROM sides s
CROSS JOIN run u
LEFT JOIN accounts a
    ON a.production_flow = s.production_flow AND a.posting_type = s.posting_type
    AND a.cost_group = COALESCE(s.cost_group, '')
