-- The breakdown behind every price record of the calculation: its own lines, or the item itself in its own cost group.
-- cost (currency per unit) = quantity x unit_price + charge; made = the lines name anything but the item itself.
-- Source: contract 2 (item_price_breakdown), 4 (a purchased item needs no breakdown). Inputs: version_prices,
-- item_price_breakdown, items. Key: item, site, resource_type, resource, cost_group.
WITH stored AS (
    SELECT p.item, p.site, p.lent_by, b.resource_type, b.resource, b.cost_group, b.quantity, b.unit_price, b.charge, b.cost,
           b.resource <> p.record_item OR b.resource_type NOT IN ('item', 'service') AS names_another
    FROM version_prices p
    JOIN item_price_breakdown b
        ON b.costing_version = p.costing_version AND b.item = p.record_item AND b.from_date = p.from_date
        AND COALESCE(b.site, '') = COALESCE(p.record_site, '')
),
made_items AS (SELECT DISTINCT item, site FROM stored WHERE names_another)
SELECT s.item, s.site, s.lent_by, s.resource_type, s.resource, s.cost_group, s.quantity, s.unit_price, s.charge, s.cost,
       m.item IS NOT NULL AS made
FROM stored s LEFT JOIN made_items m ON m.item = s.item AND m.site = s.site
UNION ALL
SELECT p.item, p.site, p.lent_by, i.item_type, p.item, i.cost_group, CAST(1 AS DECIMAL(18, 9)), p.unit_cost,
       CAST(0 AS DECIMAL(18, 6)), p.unit_cost, FALSE
FROM version_prices p
JOIN items i ON i.item = p.item
ANTI JOIN stored s ON s.item = p.item AND s.site = p.site
