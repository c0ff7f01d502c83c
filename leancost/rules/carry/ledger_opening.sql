-- The go-live balance in the ledger: wip_estimated against opening_balance, before the flow's first period.
-- Source: contract 6 (journal: opening), 3. Inputs: opening_wip, entering_flows, accounts. Key: production_flow, posting_type, main_account.
WITH entering AS (
    SELECT o.production_flow, o.cost_group, o.amount
    FROM opening_wip o JOIN entering_flows e ON e.production_flow = o.production_flow
),
sides AS (
    SELECT production_flow, 'wip_estimated' AS posting_type, cost_group, amount FROM entering
    UNION ALL
    SELECT production_flow, 'opening_balance', cost_group, -amount FROM entering
)
SELECT s.production_flow, s.posting_type, a.main_account, CAST(sum(s.amount) AS DECIMAL(18, 3)) AS balance
FROM sides s
LEFT JOIN accounts a
    ON a.production_flow = s.production_flow AND a.posting_type = s.posting_type AND a.cost_group = s.cost_group
GROUP BY s.production_flow, s.posting_type, a.main_account
