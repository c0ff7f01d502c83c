-- Step 3: clear WIP of the realized material, first in first out; what is unused stays open in the newest layers.
-- open quantity = the part of the unused quantity that newer layers do not cover, at most the layer;
-- open amount (currency) = open quantity x unit cost rounded, at most the layer's amount; a wholly open layer keeps its own.
-- Source: contract 4 (FIFO); domain 2.2 R1. Inputs: run, layers, net_realized_usage.
-- Key: production_flow, item, cost_group, transaction.
WITH covered AS (
    SELECT l.*, COALESCE(n.unused_quantity, 0) AS unused_quantity,
           COALESCE(sum(l.quantity) OVER (
               PARTITION BY l.production_flow, l.item, l.cost_group ORDER BY l.posting_date DESC, l.transaction DESC
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS newer_quantity
    FROM layers l
    LEFT JOIN net_realized_usage n
        ON n.production_flow = l.production_flow AND n.resource_type = 'item' AND n.resource = l.item
),
opened AS (
    SELECT c.*, CAST(greatest(least(c.quantity, c.unused_quantity - c.newer_quantity), 0) AS DECIMAL(18, 6))
           AS open_quantity
    FROM covered c
),
valued AS (
    SELECT o.*,
           CASE WHEN o.open_quantity = o.quantity THEN o.amount
                ELSE least(o.amount, CAST(round(CAST(o.open_quantity AS DECIMAL(19, 6)) * o.unit_cost * u.minor_units, 0)
                                          * u.minor_unit AS DECIMAL(18, 3))) END AS open_amount
    FROM opened o CROSS JOIN run u
)
SELECT production_flow, item, cost_group, event, transaction, posting_date, quantity, amount,
       CAST(quantity - open_quantity AS DECIMAL(18, 6)) AS settled_quantity,
       CAST(amount - open_amount AS DECIMAL(18, 3)) AS settled_amount, open_quantity,
       CAST(open_amount AS DECIMAL(18, 3)) AS open_amount, unit_cost
FROM valued
