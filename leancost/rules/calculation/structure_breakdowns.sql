-- The breakdown of every structure calculated so far: one line per resource and cost group.
-- quantity rounded once to 9 decimals, charge once to 6; cost = quantity x unit price + charge, half-up to 6. Where a node's
-- rate differs between the items behind a line, quantity is the amount and unit price 1.
-- Source: contract 1, 2 (item_price_breakdown), 4 (indirect lines). Inputs: exact_lines.
-- Key: structure, resource_type, resource, cost_group.
WITH summed AS (
    SELECT structure, resource_type, resource, cost_group, count(DISTINCT unit_price) AS price_count,
           max(unit_price) AS unit_price, sum(quantity) AS quantity, sum(charge) AS charge,
           sum(quantity * unit_price) AS value
    FROM exact_lines
    WHERE quantity <> 0 OR charge_quantity <> 0
    GROUP BY structure, resource_type, resource, cost_group
),
rounded AS (
    SELECT structure, resource_type, resource, cost_group,
           CAST(round(CASE WHEN price_count = 1 THEN quantity ELSE value END, 9) AS DECIMAL(18, 9)) AS quantity,
           CASE WHEN price_count = 1 THEN unit_price ELSE CAST(1 AS DECIMAL(18, 6)) END AS unit_price,
           CAST(round(charge, 6) AS DECIMAL(18, 6)) AS charge
    FROM summed
)
SELECT structure, resource_type, resource, cost_group, quantity, unit_price, charge,
       CAST(round(CAST(quantity AS DECIMAL(19, 9)) * unit_price + charge, 6) AS DECIMAL(18, 6)) AS cost
FROM rounded
WHERE quantity <> 0 OR charge <> 0
