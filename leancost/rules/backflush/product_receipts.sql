-- Products received out of each flow in the period, at standard cost.
-- amount (currency) = what the receipts deducted from WIP, positive.
-- Source: contract 6 (product_receipts). Inputs: posting_days, product_outputs, wip_lines. Key: production_flow, item.
WITH quantities AS (
    SELECT o.production_flow, o.item, sum(o.quantity) AS quantity
    FROM product_outputs o
    JOIN posting_days d ON d.production_flow = o.production_flow AND o.posting_date BETWEEN d.first_day AND d.last_day
    WHERE o.output_type <> 'material_return'
    GROUP BY o.production_flow, o.item
),
amounts AS (
    SELECT production_flow, item, -sum(amount) AS amount
    FROM wip_lines WHERE transaction_type = 'product_receipt' GROUP BY production_flow, item
)
SELECT q.production_flow, q.item, CAST(q.quantity AS DECIMAL(18, 6)) AS quantity,
       CAST(COALESCE(a.amount, 0) AS DECIMAL(18, 3)) AS amount
FROM quantities q
LEFT JOIN amounts a ON a.production_flow = q.production_flow AND a.item = q.item
WHERE q.quantity <> 0 OR a.amount <> 0
