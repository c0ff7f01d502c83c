-- What moved between the active standard of a version and the calculated one: per product, resource and cost group.
-- difference (currency per unit) = calculated cost - compared cost; quantity_part = (new - old quantity) x old price,
-- charge_part = new - old charge, price_part = the rest: new quantity x (new - old price), and a millionth of rounding.
-- Source: domain 1.5 (pending, active), 6 (compare pending against active cost); contract 5 (calculate).
-- Inputs: calculation, compared_version, item_prices, item_price_breakdown, items, sites, calculated_item_price_breakdown.
-- Key: item, site, resource_type, resource, cost_group.
WITH records AS (
    SELECT p.item, s.site, p.costing_version, p.site AS record_site, p.from_date, p.unit_cost,
           row_number() OVER (
               PARTITION BY p.item, s.site
               ORDER BY CASE WHEN p.site IS NULL THEN 1 ELSE 0 END, p.from_date DESC) AS place
    FROM item_prices p
    JOIN compared_version v ON v.costing_version = p.costing_version
    JOIN sites s ON p.site IS NULL OR p.site = s.site
    CROSS JOIN calculation c
    WHERE p.status = 'active' AND p.from_date <= c.calculation_date
),
old_lines AS (
    SELECT r.item, r.site, b.resource_type, b.resource, b.cost_group, b.quantity, b.unit_price, b.charge, b.cost
    FROM records r
    JOIN item_price_breakdown b
        ON b.costing_version = r.costing_version AND b.item = r.item AND b.from_date = r.from_date
        AND COALESCE(b.site, '') = COALESCE(r.record_site, '')
    WHERE r.place = 1
    UNION ALL
    SELECT r.item, r.site, i.item_type, r.item, i.cost_group, CAST(1 AS DECIMAL(18, 9)), r.unit_cost,
           CAST(0 AS DECIMAL(18, 6)), r.unit_cost
    FROM records r
    JOIN items i ON i.item = r.item
    ANTI JOIN item_price_breakdown b
        ON b.costing_version = r.costing_version AND b.item = r.item AND b.from_date = r.from_date
        AND COALESCE(b.site, '') = COALESCE(r.record_site, '')
    WHERE r.place = 1
),
products AS (SELECT DISTINCT item, site FROM calculated_item_price_breakdown),
lines AS (
    SELECT o.item, o.site, o.resource_type, o.resource, o.cost_group, 'old' AS side, o.quantity, o.unit_price, o.charge,
           o.cost
    FROM old_lines o JOIN products p ON p.item = o.item AND p.site = o.site
    UNION ALL
    SELECT item, site, resource_type, resource, cost_group, 'new', quantity, unit_price, charge, cost
    FROM calculated_item_price_breakdown
),
pairs AS (
    SELECT item, site, resource_type, resource, cost_group,
           sum(quantity) FILTER (WHERE side = 'old') AS old_quantity,
           sum(quantity) FILTER (WHERE side = 'new') AS new_quantity,
           max(unit_price) FILTER (WHERE side = 'old') AS old_price,
           max(unit_price) FILTER (WHERE side = 'new') AS new_price,
           COALESCE(sum(charge) FILTER (WHERE side = 'old'), 0) AS old_charge,
           COALESCE(sum(charge) FILTER (WHERE side = 'new'), 0) AS new_charge,
           COALESCE(sum(cost) FILTER (WHERE side = 'old'), 0) AS old_cost,
           COALESCE(sum(cost) FILTER (WHERE side = 'new'), 0) AS new_cost
    FROM lines
    GROUP BY item, site, resource_type, resource, cost_group
),
parts AS (
    SELECT *, new_cost - old_cost AS difference, new_charge - old_charge AS charge_part,
           round(CAST(COALESCE(new_quantity, 0) - COALESCE(old_quantity, 0) AS DECIMAL(19, 9))
                 * COALESCE(old_price, new_price), 6) AS quantity_part
    FROM pairs
)
SELECT item, site, resource_type, resource, cost_group, CAST(old_cost AS DECIMAL(18, 6)) AS compared_cost,
       CAST(new_cost AS DECIMAL(18, 6)) AS calculated_cost, CAST(difference AS DECIMAL(18, 6)) AS difference,
       CAST(quantity_part AS DECIMAL(18, 6)) AS quantity_part,
       CAST(difference - quantity_part - charge_part AS DECIMAL(18, 6)) AS price_part,
       CAST(charge_part AS DECIMAL(18, 6)) AS charge_part,
       CASE WHEN old_quantity IS NULL THEN 'new' WHEN new_quantity IS NULL THEN 'gone' ELSE 'moved' END AS change
FROM parts
WHERE difference <> 0
ORDER BY item, site, cost_group, resource, resource_type
