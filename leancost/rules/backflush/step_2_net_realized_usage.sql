-- Step 2: what each flow really consumed of every item and service.
-- realized = opening + issued - returned - unused; unused is capped at opening + issued - returned, not below 0.
-- Source: contract 4 (unused at the end date) and 6; domain 2.2 step 2, 5 #4, #7. Decisions: D12, D21, D22.
-- Inputs: revalued_layers, open_balances, material_lines, service_lines, unused_quantities, items.
-- Key: production_flow, resource_type, resource.
WITH opening AS (
    SELECT production_flow, 'item' AS resource_type, item AS resource, sum(quantity) AS opening_quantity
    FROM (SELECT production_flow, item, event, max(quantity) AS quantity
          FROM revalued_layers GROUP BY production_flow, item, event) AS item_layers
    GROUP BY production_flow, item
    UNION ALL
    SELECT production_flow, resource_type, resource, sum(quantity)
    FROM open_balances WHERE resource_type = 'service' GROUP BY production_flow, resource_type, resource
),
movements AS (
    SELECT production_flow, 'item' AS resource_type, item AS resource,
           sum(CASE WHEN quantity > 0 THEN quantity ELSE 0 END) AS issued_quantity,
           sum(CASE WHEN quantity < 0 THEN -quantity ELSE 0 END) AS returned_quantity
    FROM (SELECT DISTINCT event, production_flow, item, quantity FROM material_lines) AS moved
    GROUP BY production_flow, item
    UNION ALL
    SELECT production_flow, 'service', resource, sum(COALESCE(quantity, 0)), 0
    FROM service_lines GROUP BY production_flow, resource
),
unused AS (
    SELECT q.production_flow, i.item_type AS resource_type, q.item AS resource, sum(q.quantity) AS counted_quantity
    FROM unused_quantities q JOIN items i ON i.item = q.item
    GROUP BY q.production_flow, i.item_type, q.item
),
keys AS (
    SELECT production_flow, resource_type, resource FROM opening
    UNION SELECT production_flow, resource_type, resource FROM movements
    UNION SELECT production_flow, resource_type, resource FROM unused
),
available AS (
    SELECT k.production_flow, k.resource_type, k.resource,
           COALESCE(o.opening_quantity, 0) AS opening_quantity, COALESCE(m.issued_quantity, 0) AS issued_quantity,
           COALESCE(m.returned_quantity, 0) AS returned_quantity, COALESCE(n.counted_quantity, 0) AS counted_quantity,
           greatest(COALESCE(o.opening_quantity, 0) + COALESCE(m.issued_quantity, 0) - COALESCE(m.returned_quantity, 0), 0)
               AS cap_quantity
    FROM keys k
    LEFT JOIN opening o
        ON o.production_flow = k.production_flow AND o.resource_type = k.resource_type AND o.resource = k.resource
    LEFT JOIN movements m
        ON m.production_flow = k.production_flow AND m.resource_type = k.resource_type AND m.resource = k.resource
    LEFT JOIN unused n
        ON n.production_flow = k.production_flow AND n.resource_type = k.resource_type AND n.resource = k.resource
)
SELECT production_flow, resource_type, resource,
       CAST(opening_quantity AS DECIMAL(18, 6)) AS opening_quantity,
       CAST(issued_quantity AS DECIMAL(18, 6)) AS issued_quantity,
       CAST(returned_quantity AS DECIMAL(18, 6)) AS returned_quantity,
       CAST(least(counted_quantity, cap_quantity) AS DECIMAL(18, 6)) AS unused_quantity,
       CAST(counted_quantity - least(counted_quantity, cap_quantity) AS DECIMAL(18, 6)) AS capped_quantity,
       CAST(opening_quantity + issued_quantity - returned_quantity - least(counted_quantity, cap_quantity)
            AS DECIMAL(18, 6)) AS realized_quantity
FROM available
WHERE opening_quantity <> 0 OR issued_quantity <> 0 OR returned_quantity <> 0 OR counted_quantity <> 0
