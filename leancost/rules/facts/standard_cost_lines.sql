-- The breakdown behind every standard price that holds: its own lines, or the item itself in its own cost group.
-- cost (currency per unit) = quantity x unit_price + charge; made = the lines name anything but the item itself.
-- Source: contract 2 (item_price_breakdown), contract 4 (a purchased item needs no breakdown); domain 5 #15, #44.
-- Decision: D19.
-- Inputs: standard_price_periods, item_price_breakdown, items.
-- Key: item, site, valid_from, resource_type, resource, cost_group.
WITH stored AS (
    SELECT p.item, p.site, p.valid_from, b.resource_type,
           CASE WHEN b.resource = p.record_item AND b.resource_type IN ('item', 'service') THEN p.item ELSE b.resource END
               AS resource,
           b.cost_group, b.quantity, b.unit_price, b.charge, b.cost
    FROM standard_price_periods p
    JOIN item_price_breakdown b
        ON b.costing_version = p.costing_version AND b.item = p.record_item AND b.from_date = p.from_date
        AND COALESCE(b.site, '') = COALESCE(p.record_site, '')
),
made_records AS (
    SELECT DISTINCT item, site, valid_from FROM stored WHERE resource <> item OR resource_type NOT IN ('item', 'service')
),
lines AS (
    SELECT * FROM stored
    UNION ALL
    SELECT p.item, p.site, p.valid_from, i.item_type, p.item, i.cost_group,
           CAST(1 AS DECIMAL(18, 9)), p.unit_cost, CAST(0 AS DECIMAL(18, 6)), p.unit_cost
    FROM standard_price_periods p
    JOIN items i ON i.item = p.item
    ANTI JOIN stored s ON s.item = p.item AND s.site = p.site AND s.valid_from = p.valid_from
)
SELECT l.item, l.site, l.valid_from, l.resource_type, l.resource, l.cost_group, l.quantity, l.unit_price, l.charge,
       l.cost, m.item IS NOT NULL AS made
FROM lines l
LEFT JOIN made_records m ON m.item = l.item AND m.site = l.site AND m.valid_from = l.valid_from
