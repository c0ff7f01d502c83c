-- The ledger through the reversal: from what the runs taken back left to what they began with.
-- opening = their last closing; debit = their credits; credit = their debits; closing = opening + debit - credit (currency).
-- Source: domain 5 #21, #22; contract 6 (ledger_balances). Decision: D36.
-- Inputs: reversed_ledger_balances, reversed_runs.
-- Key: main_account, production_flow.
WITH figures AS (
    SELECT b.main_account, b.production_flow, sum(CASE WHEN r.is_last THEN b.closing ELSE 0 END) AS opening,
           sum(b.credit) AS debit, sum(b.debit) AS credit
    FROM reversed_ledger_balances b
    JOIN reversed_runs r ON r.run = b.run
    GROUP BY b.main_account, b.production_flow
)
SELECT main_account, production_flow, CAST(opening AS DECIMAL(18, 3)) AS opening,
       CAST(debit AS DECIMAL(18, 3)) AS debit, CAST(credit AS DECIMAL(18, 3)) AS credit,
       CAST(opening + debit - credit AS DECIMAL(18, 3)) AS closing
FROM figures
WHERE opening <> 0 OR debit <> 0 OR credit <> 0
