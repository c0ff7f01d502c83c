-- What the next run brings forward in the ledger.
-- balance (currency) = brought forward + debit - credit.
-- Source: contract 6 (ledger_balances). Inputs: ledger_opening, ledger_movements.
-- Key: production_flow, posting_type, main_account.
SELECT production_flow, posting_type, main_account, CAST(sum(balance) AS DECIMAL(18, 3)) AS balance
FROM (SELECT production_flow, posting_type, main_account, balance FROM ledger_opening
      UNION ALL SELECT production_flow, posting_type, main_account, debit - credit FROM ledger_movements) AS figures
GROUP BY production_flow, posting_type, main_account
