-- The calculated breakdown as it is stored for posting: semi-finished items made in the flow are replaced by their lines.
-- By flow it is the breakdown itself; by route the lines are those of stored_lines. Where the prices behind a line differ,
-- a node's quantity is the amount and its unit price 1; any other resource keeps its quantity, at the lowest of its prices,
-- and what costs more is a charge. Source: contract 1, 2 (item_price_breakdown), 4 (a calculation by route is stored
-- for posting; indirect lines). Decision: D32.
-- Inputs: calculation, stored_lines.
-- Key: costing_version, item, site, from_date, resource_type, resource, cost_group.
WITH summed AS (
    SELECT item, site, resource_type, resource, cost_group, min(unit_price) AS lowest_price, sum(quantity) AS quantity,
           sum(charge) AS charge,
           CASE WHEN count(DISTINCT unit_price) = 1 THEN 'one price'
                WHEN resource_type = 'costing_sheet_node' THEN 'as amount' ELSE 'as quantity' END AS shown,
           sum(quantity * unit_price) AS value
    FROM stored_lines
    GROUP BY item, site, resource_type, resource, cost_group
),
rounded AS (
    SELECT item, site, resource_type, resource, cost_group,
           CAST(round(CASE shown WHEN 'as amount' THEN value ELSE quantity END, 9) AS DECIMAL(18, 9)) AS quantity,
           CASE shown WHEN 'as amount' THEN CAST(1 AS DECIMAL(18, 6)) ELSE lowest_price END AS unit_price,
           CAST(round(charge + CASE shown
               WHEN 'as quantity' THEN value - quantity * lowest_price
               ELSE 0 END, 6) AS DECIMAL(18, 6)) AS charge
    FROM summed
)
SELECT c.costing_version, r.item, r.site, c.calculation_date AS from_date, r.resource_type, r.resource, r.cost_group,
       r.quantity, r.unit_price, r.charge,
       CAST(round(CAST(r.quantity AS DECIMAL(19, 9)) * r.unit_price + r.charge, 6) AS DECIMAL(18, 6)) AS cost
FROM rounded r CROSS JOIN calculation c
WHERE r.quantity <> 0 OR r.charge <> 0
