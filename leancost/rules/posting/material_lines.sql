-- Material issued to WIP or returned from it in the period, per cost group of its standard cost.
-- amount (currency) = quantity x standard cost, rounded for the event and spread over its lines by running sum.
-- Source: contract 1 (a total that is split), contract 4 (material_issue, material_return); domain 2.1 E1, E2, E5.
-- Inputs: run, posting_days, material_issues, product_outputs, production_flows, standard_price_periods, standard_costs_by_group.
-- Key: event, cost_group.
WITH movements AS (
    SELECT event, posting_date, production_flow, item, quantity FROM material_issues
    UNION ALL
    SELECT event, posting_date, production_flow, item, -quantity FROM product_outputs
    WHERE output_type = 'material_return'
),
priced AS (
    SELECT m.event, m.posting_date, m.production_flow, f.site, m.item, m.quantity, g.cost_group, g.unit_cost, g.made,
           CAST(m.quantity AS DECIMAL(19, 6)) * g.unit_cost AS exact_amount, u.minor_units, u.minor_unit
    FROM movements m
    CROSS JOIN run u
    JOIN posting_days d ON d.production_flow = m.production_flow AND m.posting_date BETWEEN d.first_day AND d.last_day
    JOIN production_flows f ON f.production_flow = m.production_flow
    JOIN standard_price_periods p
        ON p.item = m.item AND p.site = f.site AND m.posting_date BETWEEN p.valid_from AND p.valid_to
    JOIN standard_costs_by_group g ON g.item = p.item AND g.site = p.site AND g.valid_from = p.valid_from
    WHERE m.quantity <> 0
),
running AS (
    SELECT *, sum(exact_amount) OVER (PARTITION BY event ORDER BY cost_group ROWS UNBOUNDED PRECEDING) AS running_amount
    FROM priced
)
SELECT event, posting_date, production_flow, site, item, item AS rate_item,
       CASE WHEN quantity > 0 THEN 'material_issue' ELSE 'material_return' END AS transaction_type,
       'item' AS resource_type, item AS resource, cost_group, quantity, unit_cost,
       money_of_line(running_amount, exact_amount, minor_units, minor_unit) AS amount,
       CAST(exact_amount AS DECIMAL(38, 12)) AS exact_amount, made
FROM running
