-- What is kept of items, services and conversion at the end date: the base that overhead on it is taken from.
-- items at their open layers; services at unused quantity x standard; conversion at kept hours x rate, rounded per flow
-- and category. Scope wip: what stays in WIP. Scope conversion: what retain would keep of conversion.
-- Source: contract 4 (effective WIP); domain 2.2 R6, 5 #1, #2. Decisions: D5, D6, D7.
-- Inputs: run, settlements, net_realized_usage, items, production_flows, standard_price_periods,
-- standard_costs_by_group, kept_hours, cost_categories, hourly_rate_periods.
-- Key: scope, production_flow, resource_type, resource, cost_group, rate_item.
WITH made_items AS (
    SELECT DISTINCT g.item, g.site
    FROM standard_costs_by_group g
    CROSS JOIN run u
    JOIN standard_price_periods p ON p.item = g.item AND p.site = g.site AND p.valid_from = g.valid_from
    WHERE g.made AND u.end_date BETWEEN p.valid_from AND p.valid_to
),
kept_items AS (
    SELECT s.production_flow, f.site, s.item, s.cost_group, sum(s.open_quantity) AS quantity, m.item IS NOT NULL AS made,
           sum(s.open_amount) AS amount, sum(CAST(s.open_quantity AS DECIMAL(19, 6)) * s.unit_cost) AS exact_amount
    FROM settlements s
    JOIN production_flows f ON f.production_flow = s.production_flow
    LEFT JOIN made_items m ON m.item = s.item AND m.site = f.site
    WHERE s.open_quantity <> 0
    GROUP BY s.production_flow, f.site, s.item, s.cost_group, m.item
),
kept_services AS (
    SELECT n.production_flow, f.site, n.resource AS service, i.cost_group, n.unused_quantity AS quantity,
           CAST(n.unused_quantity AS DECIMAL(19, 6)) * p.unit_cost AS exact_amount
    FROM net_realized_usage n
    CROSS JOIN run u
    JOIN production_flows f ON f.production_flow = n.production_flow
    JOIN items i ON i.item = n.resource
    JOIN standard_price_periods p
        ON p.item = n.resource AND p.site = f.site AND u.end_date BETWEEN p.valid_from AND p.valid_to
    WHERE n.resource_type = 'service' AND n.unused_quantity <> 0
),
hours_by_item AS (
    SELECT h.production_flow, f.site, h.cost_category, h.rule_item, c.cost_group, sum(h.hours) AS quantity,
           sum(CAST(h.hours AS DECIMAL(19, 6)) * r.hourly_rate) AS exact_amount
    FROM kept_hours h
    CROSS JOIN run u
    JOIN production_flows f ON f.production_flow = h.production_flow
    JOIN cost_categories c ON c.cost_category = h.cost_category
    JOIN hourly_rate_periods r
        ON r.cost_category = h.cost_category AND r.site = f.site AND u.end_date BETWEEN r.valid_from AND r.valid_to
    GROUP BY h.production_flow, f.site, h.cost_category, h.rule_item, c.cost_group
),
running_hours AS (
    SELECT *, sum(exact_amount) OVER (
               PARTITION BY production_flow, cost_category ORDER BY rule_item ROWS UNBOUNDED PRECEDING) AS running_amount
    FROM hours_by_item
),
kept_conversion AS (
    SELECT h.*, money_of_line(h.running_amount, h.exact_amount, u.minor_units, u.minor_unit) AS amount
    FROM running_hours h CROSS JOIN run u
),
scopes AS (
    SELECT 'conversion' AS scope
    UNION ALL SELECT 'wip' FROM run WHERE conversion_in_wip = 'retain'
)
SELECT 'wip' AS scope, production_flow, site, 'item' AS resource_type, item AS resource, cost_group, item AS rate_item,
       CAST(quantity AS DECIMAL(18, 6)) AS quantity, CAST(amount AS DECIMAL(18, 3)) AS amount,
       CAST(exact_amount AS DECIMAL(38, 12)) AS exact_amount, made
FROM kept_items
UNION ALL
SELECT 'wip', k.production_flow, k.site, 'service', k.service, k.cost_group, k.service, CAST(k.quantity AS DECIMAL(18, 6)),
       money(k.exact_amount, u.minor_units, u.minor_unit),
       CAST(k.exact_amount AS DECIMAL(38, 12)), FALSE
FROM kept_services k CROSS JOIN run u
UNION ALL
SELECT s.scope, k.production_flow, k.site, 'cost_category', k.cost_category, k.cost_group, k.rule_item,
       CAST(k.quantity AS DECIMAL(18, 6)), k.amount, CAST(k.exact_amount AS DECIMAL(38, 12)), FALSE
FROM kept_conversion k CROSS JOIN scopes s
