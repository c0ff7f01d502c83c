-- The calculated breakdown as it is stored for posting: semi-finished items made in the flow are replaced by their lines.
-- By flow it is the breakdown itself; by route a component without inventory control in the item's flow gives way to its own
-- lines x quantity, level by level (stored_lines). Source: contract 4 (a calculation by route is stored for posting).
-- Inputs: calculation, stored_lines. Key: costing_version, item, site, from_date, resource_type, resource, cost_group.
WITH summed AS (
    SELECT item, site, resource_type, resource, cost_group, count(DISTINCT unit_price) AS price_count,
           max(unit_price) AS unit_price, sum(quantity) AS quantity, sum(charge) AS charge,
           sum(CAST(CAST(quantity AS DECIMAL(20, 12)) * CAST(unit_price AS DECIMAL(18, 6)) AS DECIMAL(28, 15))) AS value
    FROM stored_lines
    GROUP BY item, site, resource_type, resource, cost_group
),
rounded AS (
    SELECT item, site, resource_type, resource, cost_group,
           CAST(round(CASE WHEN price_count = 1 THEN quantity ELSE value END, 9) AS DECIMAL(18, 9)) AS quantity,
           CASE WHEN price_count = 1 THEN unit_price ELSE CAST(1 AS DECIMAL(18, 6)) END AS unit_price,
           CAST(round(charge, 6) AS DECIMAL(18, 6)) AS charge
    FROM summed
)
SELECT c.costing_version, r.item, r.site, c.calculation_date AS from_date, r.resource_type, r.resource, r.cost_group,
       r.quantity, r.unit_price, r.charge,
       CAST(round(CAST(r.quantity AS DECIMAL(19, 9)) * r.unit_price + r.charge, 6) AS DECIMAL(18, 6)) AS cost
FROM rounded r CROSS JOIN calculation c
WHERE r.quantity <> 0 OR r.charge <> 0
