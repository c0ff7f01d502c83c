-- The go-live balance in the ledger: wip_estimated against opening_balance, before the first period.
-- Source: contract 6 (journal: opening). Inputs: opening_wip, accounts. Key: production_flow, posting_type, main_account.
WITH sides AS (
    SELECT production_flow, 'wip_estimated' AS posting_type, cost_group, amount FROM opening_wip
    UNION ALL
    SELECT production_flow, 'opening_balance', cost_group, -amount FROM opening_wip
)
SELECT s.production_flow, s.posting_type, a.main_account, CAST(sum(s.amount) AS DECIMAL(18, 3)) AS balance
FROM sides s
LEFT JOIN accounts a
    ON a.production_flow = s.production_flow AND a.posting_type = s.posting_type AND a.cost_group = s.cost_group
GROUP BY s.production_flow, s.posting_type, a.main_account
