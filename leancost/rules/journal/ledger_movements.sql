-- Debits and credits of the period per flow, posting type and main account.
-- Source: contract 6 (ledger_balances). Inputs: entries, accounts. Key: production_flow, posting_type, main_account.
WITH sides AS (
    SELECT production_flow, CASE WHEN amount > 0 THEN debit_type ELSE credit_type END AS posting_type, cost_group,
           abs(amount) AS debit, 0 AS credit
    FROM entries
    UNION ALL
    SELECT production_flow, CASE WHEN amount > 0 THEN credit_type ELSE debit_type END, cost_group, 0, abs(amount)
    FROM entries
)
SELECT s.production_flow, s.posting_type, a.main_account, CAST(sum(s.debit) AS DECIMAL(18, 3)) AS debit,
       CAST(sum(s.credit) AS DECIMAL(18, 3)) AS credit
FROM sides s
LEFT JOIN accounts a
    ON a.production_flow = s.production_flow AND a.posting_type = s.posting_type
    AND a.cost_group = COALESCE(s.cost_group, '')
GROUP BY s.production_flow, s.posting_type, a.main_account
