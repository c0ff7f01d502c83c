-- Products received out of the flow in the period, deducted from WIP by their breakdown (negative lines).
-- amount (currency) = good quantity x unit cost, rounded for the receipt and spread over its lines by running sum.
-- Source: contract 4 (product_receipt; a receipt is deducted by the product's active breakdown); domain 2.1 E10, E13.
-- Inputs: run, posting_days, product_outputs, production_flows, standard_price_periods, standard_cost_lines, standard_costs_by_group.
-- Key: event, resource_type, resource, cost_group.
WITH outputs AS (
    SELECT o.event, o.posting_date, o.production_flow, f.site, o.item, o.quantity, o.output_type, p.valid_from,
           u.minor_units, u.minor_unit
    FROM product_outputs o
    CROSS JOIN run u
    JOIN posting_days d ON d.production_flow = o.production_flow AND o.posting_date BETWEEN d.first_day AND d.last_day
    JOIN production_flows f ON f.production_flow = o.production_flow
    JOIN standard_price_periods p
        ON p.item = o.item AND p.site = f.site AND o.posting_date BETWEEN p.valid_from AND p.valid_to
    WHERE o.output_type <> 'material_return' AND o.quantity <> 0
),
deducted AS (
    SELECT o.*, l.resource_type, l.resource, l.cost_group, l.quantity AS breakdown_quantity, l.unit_price, l.charge, l.cost
    FROM outputs o
    JOIN standard_cost_lines l ON l.item = o.item AND l.site = o.site AND l.valid_from = o.valid_from
    WHERE o.output_type = 'breakdown'
    UNION ALL
    SELECT o.*, 'item', o.item, g.cost_group, CAST(1 AS DECIMAL(18, 9)), g.unit_cost, CAST(0 AS DECIMAL(18, 6)), g.unit_cost
    FROM outputs o
    JOIN standard_costs_by_group g ON g.item = o.item AND g.site = o.site AND g.valid_from = o.valid_from
    WHERE o.output_type = 'itself'
),
running AS (
    SELECT *, -(CAST(quantity AS DECIMAL(19, 6)) * cost) AS exact_amount,
           sum(-(CAST(quantity AS DECIMAL(19, 6)) * cost)) OVER (
               PARTITION BY event ORDER BY cost_group, resource, resource_type ROWS UNBOUNDED PRECEDING) AS running_amount
    FROM deducted
)
SELECT event, posting_date, production_flow, site, item, item AS rate_item, 'product_receipt' AS transaction_type,
       resource_type, resource, cost_group,
       CAST(-round(CAST(quantity AS DECIMAL(19, 6)) * breakdown_quantity, 6) AS DECIMAL(18, 6)) AS quantity,
       unit_price AS unit_cost,
       money_of_line(running_amount, exact_amount, minor_units, minor_unit) AS amount,
       CAST(exact_amount AS DECIMAL(38, 12)) AS exact_amount, FALSE AS made,
       quantity AS received_quantity, breakdown_quantity, charge
FROM running
