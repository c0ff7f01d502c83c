-- What is kept of one costing sheet node: its charge on what is kept of its base, at end-date rates.
-- amount (currency) = sum of rate x base, rounded once per flow and node; an earlier node's rounded amount is a base too.
-- An input-unit node takes each open layer once, whatever the cost groups of its base that the layer lies in.
-- Source: contract 4 (effective WIP; finer points); domain 2.2 R6, 5 #36, #37. Decisions: D3, D5, D7, D47.
-- Inputs: run, current_node, node_bases, kept_lines, settlements, items, indirect_rate_periods.
-- Key: scope, production_flow, resource.
WITH based_lines AS (
    SELECT k.*, n.node, n.node_type, n.basis
    FROM kept_lines k
    CROSS JOIN current_node n
    JOIN node_bases b ON b.node = n.node AND b.cost_group = k.cost_group
    WHERE b.takes_made OR NOT k.made
),
moved_layers AS (
    SELECT DISTINCT l.scope, l.production_flow, l.site, l.rate_item, l.resource, l.basis, s.event, s.open_quantity
    FROM based_lines l
    JOIN settlements s
        ON s.production_flow = l.production_flow AND s.item = l.resource AND s.cost_group = l.cost_group
    WHERE l.node_type = 'input_unit' AND l.resource_type = 'item' AND s.open_quantity <> 0
),
bases AS (
    SELECT scope, production_flow, site, rate_item, CAST(sum(amount) AS DECIMAL(28, 6)) AS base
    FROM based_lines WHERE node_type = 'surcharge' GROUP BY scope, production_flow, site, rate_item
    UNION ALL
    SELECT scope, production_flow, site, rate_item, CAST(sum(quantity) AS DECIMAL(28, 6))
    FROM based_lines WHERE node_type = 'rate' AND resource_type = 'cost_category'
    GROUP BY scope, production_flow, site, rate_item
    UNION ALL
    SELECT l.scope, l.production_flow, l.site, l.rate_item,
           CAST(round(CAST(sum(l.open_quantity) AS DECIMAL(19, 6)) * counts(max(l.basis), max(i.weight), max(i.volume)), 6)
                AS DECIMAL(28, 6))
    FROM moved_layers l JOIN items i ON i.item = l.resource
    GROUP BY l.scope, l.production_flow, l.site, l.rate_item
),
charged AS (
    SELECT b.scope, b.production_flow, b.site, n.node, n.cost_group, sum(b.base) AS quantity,
           sum(CAST(b.base AS DECIMAL(19, 6)) * r.rate) AS exact_amount
    FROM bases b
    CROSS JOIN current_node n
    CROSS JOIN run u
    JOIN indirect_rate_periods r
        ON r.node = n.node AND r.site = b.site AND r.item = b.rate_item AND u.end_date BETWEEN r.valid_from AND r.valid_to
    GROUP BY b.scope, b.production_flow, b.site, n.node, n.cost_group
)
SELECT c.scope, c.production_flow, c.site, 'costing_sheet_node' AS resource_type, c.node AS resource, c.cost_group,
       '' AS rate_item, CAST(c.quantity AS DECIMAL(18, 6)) AS quantity,
       money(c.exact_amount, u.minor_units, u.minor_unit) AS amount,
       CAST(c.exact_amount AS DECIMAL(38, 12)) AS exact_amount, FALSE AS made
FROM charged c CROSS JOIN run u
