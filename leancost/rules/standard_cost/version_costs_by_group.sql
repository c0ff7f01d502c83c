-- What one unit of a component costs in each cost group by its price record.
-- Source: contract 2 (item_price_breakdown), contract 6 (one line per cost group of its own cost).
-- Inputs: version_prices, item_price_breakdown, items. Key: item, site, cost_group.
WITH stored AS (
    SELECT p.item, p.site, b.cost_group, sum(b.cost) AS unit_cost,
           max(CASE WHEN b.resource = p.record_item AND b.resource_type IN ('item', 'service') THEN 0 ELSE 1 END) AS made
    FROM version_prices p
    JOIN item_price_breakdown b
        ON b.costing_version = p.costing_version AND b.item = p.record_item AND b.from_date = p.from_date
        AND COALESCE(b.site, '') = COALESCE(p.record_site, '')
    GROUP BY p.item, p.site, b.cost_group
),
made_items AS (SELECT item, site, max(made) = 1 AS made FROM stored GROUP BY item, site)
SELECT s.item, s.site, s.cost_group, CAST(s.unit_cost AS DECIMAL(18, 6)) AS unit_cost, m.made
FROM stored s JOIN made_items m ON m.item = s.item AND m.site = s.site
UNION ALL
SELECT p.item, p.site, i.cost_group, p.unit_cost, FALSE
FROM version_prices p
JOIN items i ON i.item = p.item
ANTI JOIN stored s ON s.item = p.item AND s.site = p.site
