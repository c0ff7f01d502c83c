-- What must hold between the stored figures of a run, and between them and the run before; any row is a broken figure.
-- Per voucher debit = credit; ledger: closing = opening + debit - credit, debit and credit = the journal's, opening = the
-- closing before; WIP: before = opening + inputs + outputs + revaluation, after = before - variance, opening = the after of
-- the run before, inputs + outputs + revaluation = the WIP transactions (currency).
-- Source: contract 6 (what must hold on every run); domain 5 #22. Inputs: journal, ledger_balances, ledger_before,
-- wip_balances, wip_before, wip_transactions. Key: identity, production_flow, subject.
WITH vouchers AS (
    SELECT production_flow, voucher AS subject, sum(debit - credit) AS difference FROM journal
    GROUP BY production_flow, voucher
),
ledger_lines AS (
    SELECT production_flow, main_account, debit AS debit_difference, credit AS credit_difference,
           -opening AS opening_difference
    FROM ledger_balances
    UNION ALL SELECT production_flow, main_account, -debit, -credit, 0 FROM journal
    UNION ALL SELECT production_flow, main_account, 0, 0, balance FROM ledger_before
),
ledger AS (
    SELECT production_flow, main_account AS subject, sum(debit_difference) AS debit_difference,
           sum(credit_difference) AS credit_difference, sum(opening_difference) AS opening_difference
    FROM ledger_lines GROUP BY production_flow, main_account
),
wip_lines_and_balances AS (
    SELECT production_flow, resource_type || ' ' || resource || ' ' || cost_group AS subject,
           inputs + outputs + revaluation AS moved_difference, -opening AS opening_difference
    FROM wip_balances
    UNION ALL
    SELECT production_flow, resource_type || ' ' || resource || ' ' || cost_group, -amount, 0 FROM wip_transactions
    UNION ALL
    SELECT production_flow, resource_type || ' ' || resource || ' ' || cost_group, 0, amount FROM wip_before
),
wip AS (
    SELECT production_flow, subject, sum(moved_difference) AS moved_difference, sum(opening_difference) AS opening_difference
    FROM wip_lines_and_balances GROUP BY production_flow, subject
),
checks AS (
    SELECT 'debit = credit of a voucher' AS identity, production_flow, subject, difference FROM vouchers
    UNION ALL
    SELECT 'closing = opening + debit - credit', production_flow, main_account, closing - opening - debit + credit
    FROM ledger_balances
    UNION ALL SELECT 'debit of the ledger = of the journal', production_flow, subject, debit_difference FROM ledger
    UNION ALL SELECT 'credit of the ledger = of the journal', production_flow, subject, credit_difference FROM ledger
    UNION ALL SELECT 'opening of the ledger = closing before', production_flow, subject, opening_difference FROM ledger
    UNION ALL
    SELECT 'before = opening + inputs + outputs + revaluation', production_flow,
           resource_type || ' ' || resource || ' ' || cost_group, before - opening - inputs - outputs - revaluation
    FROM wip_balances
    UNION ALL
    SELECT 'after = before - variance', production_flow, resource_type || ' ' || resource || ' ' || cost_group,
           after - before + variance
    FROM wip_balances
    UNION ALL SELECT 'WIP balances = WIP transactions', production_flow, subject, moved_difference FROM wip
    UNION ALL SELECT 'opening of WIP = after of the run before', production_flow, subject, opening_difference FROM wip
)
SELECT identity, production_flow, subject, CAST(difference AS DECIMAL(28, 6)) AS difference
FROM checks
WHERE difference <> 0
ORDER BY identity, production_flow, subject
