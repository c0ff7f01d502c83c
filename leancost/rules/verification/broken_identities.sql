-- What must hold on every run, exactly; any row is a reason to post nothing.
-- before - after = variance = realized - allowed; variances add up; layers add up; open quantities are the unused ones;
-- the ledger holds what WIP holds; every voucher balances by its two sides.
-- A layer is settled alike in all its cost groups, and a cost group realizes what its layers settled less what was returned.
-- Source: contract 6 (what must hold on every run); domain 0. Decisions: D28, D47, D68.
-- Inputs: wip_balances, realized_usage, variances, settlements, layers, net_realized_usage, wip_lines, entries,
-- ledger_opening.
-- Key: identity, production_flow, subject.
WITH usage_checks AS (
    SELECT b.production_flow, b.resource_type || ' ' || b.resource || ' ' || b.cost_group AS subject,
           b.before - b.after - b.variance AS balance_difference,
           COALESCE(r.realized_amount, 0) - COALESCE(r.allowed_amount, 0) - b.variance AS usage_difference
    FROM wip_balances b
    LEFT JOIN realized_usage r
        ON r.production_flow = b.production_flow AND r.resource_type = b.resource_type AND r.resource = b.resource
        AND r.cost_group = b.cost_group
),
flow_variances AS (
    SELECT production_flow, sum(amount) AS difference
    FROM (SELECT production_flow, amount FROM variances
          UNION ALL SELECT production_flow, -variance FROM wip_balances) AS both_sides
    GROUP BY production_flow
),
layer_checks AS (
    SELECT COALESCE(s.production_flow, l.production_flow) AS production_flow,
           COALESCE(s.transaction, l.transaction) AS subject,
           COALESCE(s.settled_quantity + s.open_quantity, 0) - COALESCE(l.quantity, 0) AS quantity_difference,
           COALESCE(s.settled_amount + s.open_amount, 0) - COALESCE(l.amount, 0) AS amount_difference
    FROM settlements s
    FULL JOIN layers l
        ON l.production_flow = s.production_flow AND l.item = s.item AND l.cost_group = s.cost_group
        AND l.transaction = s.transaction
),
item_layers AS (
    SELECT production_flow, item, event, max(open_quantity) AS open_quantity, max(settled_quantity) AS settled_quantity,
           max(open_quantity) - min(open_quantity) + max(settled_quantity) - min(settled_quantity) AS difference
    FROM settlements
    GROUP BY production_flow, item, event
),
open_checks AS (
    SELECT n.production_flow, n.resource AS subject, COALESCE(sum(l.open_quantity), 0) - n.unused_quantity AS open_difference,
           COALESCE(sum(l.settled_quantity), 0) - n.realized_quantity - n.returned_quantity AS settled_difference
    FROM net_realized_usage n
    LEFT JOIN item_layers l ON l.production_flow = n.production_flow AND l.item = n.resource
    WHERE n.resource_type = 'item'
    GROUP BY n.production_flow, n.resource, n.unused_quantity, n.realized_quantity, n.returned_quantity
),
group_quantities AS (
    SELECT production_flow, item, cost_group, settled_quantity AS quantity FROM settlements
    UNION ALL
    SELECT production_flow, resource, cost_group, quantity FROM wip_lines WHERE transaction_type = 'material_return'
    UNION ALL
    SELECT production_flow, resource, cost_group, -realized_quantity FROM realized_usage WHERE resource_type = 'item'
),
group_checks AS (
    SELECT production_flow, item || ' ' || cost_group AS subject, sum(quantity) AS difference
    FROM group_quantities
    GROUP BY production_flow, item, cost_group
),
ledger AS (
    SELECT production_flow, debit_type AS posting_type, amount FROM entries
    UNION ALL SELECT production_flow, credit_type, -amount FROM entries
    UNION ALL SELECT production_flow, posting_type, balance FROM ledger_opening
    UNION ALL SELECT production_flow, 'wip_estimated', -after FROM wip_balances
),
ledger_checks AS (
    SELECT production_flow, posting_type AS subject, sum(amount) AS difference
    FROM ledger WHERE posting_type IN ('wip_estimated', 'wip')
    GROUP BY production_flow, posting_type
)
SELECT 'before - after = variance' AS identity, production_flow, subject, CAST(balance_difference AS DECIMAL(28, 6)) AS difference
FROM usage_checks WHERE balance_difference <> 0
UNION ALL SELECT 'realized - allowed = variance', production_flow, subject, CAST(usage_difference AS DECIMAL(28, 6))
FROM usage_checks WHERE usage_difference <> 0
UNION ALL SELECT 'sum of variances = sum of WIP variances', production_flow, production_flow, CAST(difference AS DECIMAL(28, 6))
FROM flow_variances WHERE difference <> 0
UNION ALL SELECT 'settled + open = the layer', production_flow, subject, CAST(quantity_difference AS DECIMAL(28, 6))
FROM layer_checks WHERE quantity_difference <> 0
UNION ALL SELECT 'settled + open amount = the layer''s', production_flow, subject, CAST(amount_difference AS DECIMAL(28, 6))
FROM layer_checks WHERE amount_difference <> 0
UNION ALL SELECT 'a layer is open alike in its cost groups', production_flow, event, CAST(difference AS DECIMAL(28, 6))
FROM item_layers WHERE difference <> 0
UNION ALL SELECT 'open quantity = unused quantity', production_flow, subject, CAST(open_difference AS DECIMAL(28, 6))
FROM open_checks WHERE open_difference <> 0
UNION ALL SELECT 'settled quantity = realized + returned', production_flow, subject, CAST(settled_difference AS DECIMAL(28, 6))
FROM open_checks WHERE settled_difference <> 0
UNION ALL SELECT 'settled quantity = realized + returned of the cost group', production_flow, subject,
                 CAST(difference AS DECIMAL(28, 6))
FROM group_checks WHERE difference <> 0
UNION ALL SELECT 'ledger balance of wip_estimated = WIP after; of wip = 0', production_flow, subject, CAST(difference AS DECIMAL(28, 6))
FROM ledger_checks WHERE difference <> 0
ORDER BY identity, production_flow, subject
