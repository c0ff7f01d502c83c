-- The layers brought forward, at the standards that hold from the first day of the run.
-- revaluation (currency) = open quantity x (new - old unit cost), rounded per flow, item and cost group and spread over
-- the layers oldest first; a new cost group starts from nothing, one that is gone ends at nothing. Layers of
-- a flow that goes live in the run were valued on its go-live.
-- Source: contract 4 (revaluation; finer points); domain 2.1 E16, 5 #12, #44. Decision: D57.
-- Inputs: run, open_layers, entering_flows, production_flows, standard_price_periods, standard_costs_by_group.
-- Key: production_flow, item, cost_group, transaction.
WITH standing AS (
    SELECT DISTINCT l.production_flow, l.item, f.site, COALESCE(e.go_live, u.start_date - 1) AS valued_on
    FROM open_layers l
    CROSS JOIN run u
    JOIN production_flows f ON f.production_flow = l.production_flow
    LEFT JOIN entering_flows e ON e.production_flow = l.production_flow
),
changed AS (
    SELECT s.production_flow, s.item, s.site, n.valid_from, n.record
    FROM standing s
    CROSS JOIN run u
    JOIN standard_price_periods n
        ON n.item = s.item AND n.site = s.site AND u.start_date BETWEEN n.valid_from AND n.valid_to
    LEFT JOIN standard_price_periods o
        ON o.item = s.item AND o.site = s.site AND s.valued_on BETWEEN o.valid_from AND o.valid_to
    WHERE s.valued_on < u.start_date AND COALESCE(o.record, '') <> n.record
),
new_groups AS (
    SELECT c.production_flow, c.item, g.cost_group, l.event, min(l.transaction) AS transaction,
           min(l.posting_date) AS posting_date, max(l.quantity) AS quantity
    FROM changed c
    JOIN standard_costs_by_group g ON g.item = c.item AND g.site = c.site AND g.valid_from = c.valid_from
    JOIN open_layers l ON l.production_flow = c.production_flow AND l.item = c.item
    ANTI JOIN open_layers a
        ON a.production_flow = c.production_flow AND a.item = c.item AND a.event = l.event AND a.cost_group = g.cost_group
    GROUP BY c.production_flow, c.item, g.cost_group, l.event
),
layers AS (
    SELECT production_flow, item, cost_group, event, transaction, posting_date, quantity, amount, unit_cost FROM open_layers
    UNION ALL
    SELECT production_flow, item, cost_group, event, transaction, posting_date, quantity,
           CAST(0 AS DECIMAL(18, 3)), CAST(0 AS DECIMAL(18, 6))
    FROM new_groups
),
priced AS (
    SELECT l.*, c.record,
           CASE WHEN c.record IS NULL THEN l.unit_cost ELSE COALESCE(g.unit_cost, 0) END AS new_unit_cost
    FROM layers l
    LEFT JOIN changed c ON c.production_flow = l.production_flow AND c.item = l.item
    LEFT JOIN standard_costs_by_group g
        ON g.item = c.item AND g.site = c.site AND g.valid_from = c.valid_from AND g.cost_group = l.cost_group
),
running AS (
    SELECT p.*, CAST(p.quantity AS DECIMAL(19, 6)) * CAST(p.new_unit_cost - p.unit_cost AS DECIMAL(18, 6)) AS exact_amount,
           sum(CAST(p.quantity AS DECIMAL(19, 6)) * CAST(p.new_unit_cost - p.unit_cost AS DECIMAL(18, 6))) OVER (
               PARTITION BY p.production_flow, p.item, p.cost_group ORDER BY p.posting_date, p.transaction
               ROWS UNBOUNDED PRECEDING) AS running_amount
    FROM priced p
),
revalued AS (
    SELECT r.*, money_of_line(r.running_amount, r.exact_amount, u.minor_units, u.minor_unit) AS revaluation
    FROM running r CROSS JOIN run u
)
SELECT production_flow, item, cost_group, event, transaction, posting_date, quantity,
       CAST(amount + revaluation AS DECIMAL(18, 3)) AS amount, CAST(new_unit_cost AS DECIMAL(18, 6)) AS unit_cost,
       revaluation, CAST(exact_amount AS DECIMAL(38, 12)) AS exact_revaluation, record
FROM revalued
