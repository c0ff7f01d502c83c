-- Step 3: clear WIP of the realized material, first in first out; what is unused stays open in the newest layers.
-- A layer is what one event brought of an item: its lines in several cost groups are open alike, and a layer that holds other
-- cost groups than a newer one is settled before it all the same.
-- open quantity = the part of the unused quantity that newer layers do not cover, at most the layer;
-- open amount (currency) = open quantity x unit cost rounded, between nothing and the layer's amount (which a revaluation may
-- leave at -0.01); a wholly open layer keeps its own, a wholly settled one nothing.
-- Source: contract 4 (FIFO); domain 2.2 R1. Decisions: D47, D69.
-- Inputs: run, layers, net_realized_usage.
-- Key: production_flow, item, cost_group, transaction.
WITH item_layers AS (
    SELECT production_flow, item, event, min(posting_date) AS posting_date, min(transaction) AS transaction,
           max(quantity) AS quantity
    FROM layers
    GROUP BY production_flow, item, event
),
covered AS (
    SELECT l.production_flow, l.item, l.event, l.quantity, COALESCE(n.unused_quantity, 0) AS unused_quantity,
           COALESCE(sum(l.quantity) OVER (
               PARTITION BY l.production_flow, l.item ORDER BY l.posting_date DESC, l.transaction DESC, l.event DESC
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS newer_quantity
    FROM item_layers l
    LEFT JOIN net_realized_usage n
        ON n.production_flow = l.production_flow AND n.resource_type = 'item' AND n.resource = l.item
),
opened AS (
    SELECT l.*, CAST(greatest(least(c.quantity, c.unused_quantity - c.newer_quantity), 0) AS DECIMAL(18, 6))
           AS open_quantity
    FROM layers l
    JOIN covered c ON c.production_flow = l.production_flow AND c.item = l.item AND c.event = l.event
),
valued AS (
    SELECT o.*, money(CAST(o.open_quantity AS DECIMAL(19, 6)) * o.unit_cost, u.minor_units, u.minor_unit) AS value
    FROM opened o CROSS JOIN run u
),
kept AS (
    SELECT *, CASE WHEN open_quantity = quantity THEN amount
                   ELSE greatest(least(value, greatest(amount, 0)), least(amount, 0)) END AS open_amount
    FROM valued
)
SELECT production_flow, item, cost_group, event, transaction, posting_date, quantity, amount,
       CAST(quantity - open_quantity AS DECIMAL(18, 6)) AS settled_quantity,
       CAST(amount - open_amount AS DECIMAL(18, 3)) AS settled_amount, open_quantity,
       CAST(open_amount AS DECIMAL(18, 3)) AS open_amount, unit_cost
FROM kept
