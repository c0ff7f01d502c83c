-- Balance of every main account a flow touched: brought forward, debits, credits, closing.
-- closing = opening + debit - credit (currency).
-- Source: contract 6 (ledger_balances). Inputs: ledger_opening, ledger_movements. Key: main_account, production_flow.
WITH figures AS (
    SELECT main_account, production_flow, balance AS opening, 0 AS debit, 0 AS credit FROM ledger_opening
    UNION ALL
    SELECT main_account, production_flow, 0, debit, credit FROM ledger_movements
),
balances AS (
    SELECT main_account, production_flow, sum(opening) AS opening, sum(debit) AS debit, sum(credit) AS credit
    FROM figures GROUP BY main_account, production_flow
)
SELECT main_account, production_flow, CAST(opening AS DECIMAL(18, 3)) AS opening, CAST(debit AS DECIMAL(18, 3)) AS debit,
       CAST(credit AS DECIMAL(18, 3)) AS credit, CAST(opening + debit - credit AS DECIMAL(18, 3)) AS closing
FROM balances
WHERE opening <> 0 OR debit <> 0 OR credit <> 0
