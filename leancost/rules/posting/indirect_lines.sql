-- What one costing sheet node charges on the period's events, given the lines posted so far.
-- amount (currency) = rate x base; base: amounts (surcharge), hours (rate), moved or good quantity x 1, weight or volume.
-- Source: contract 4 (indirect, level and total); domain 2.1 E7, E9, E11; 5 #37. Decisions: D3, D4.
-- Inputs: run, posting_days, current_node, node_bases, posted_lines, product_outputs, items, production_flows,
-- indirect_rate_periods.
-- Key: event.
WITH based_lines AS (
    SELECT l.*, n.node, n.node_type, n.basis
    FROM posted_lines l
    CROSS JOIN current_node n
    JOIN node_bases b ON b.node = n.node AND b.cost_group = l.cost_group
    WHERE b.takes_made OR NOT l.made
),
bases AS (
    SELECT event, posting_date, production_flow, site, item, rate_item, CAST(sum(amount) AS DECIMAL(28, 6)) AS base
    FROM based_lines
    WHERE node_type = 'surcharge' AND transaction_type NOT IN ('product_receipt', 'revaluation')
    GROUP BY event, posting_date, production_flow, site, item, rate_item
    UNION ALL
    SELECT event, posting_date, production_flow, site, item, rate_item, CAST(sum(quantity) AS DECIMAL(28, 6))
    FROM based_lines
    WHERE node_type = 'rate' AND transaction_type = 'conversion'
    GROUP BY event, posting_date, production_flow, site, item, rate_item
    UNION ALL
    SELECT l.event, l.posting_date, l.production_flow, l.site, l.item, l.rate_item,
           CAST(round(CAST(max(l.quantity) AS DECIMAL(19, 6)) * counts(max(l.basis), max(i.weight), max(i.volume)), 6)
                AS DECIMAL(28, 6))
    FROM based_lines l
    JOIN items i ON i.item = l.item
    WHERE l.node_type = 'input_unit' AND l.transaction_type IN ('material_issue', 'material_return')
    GROUP BY l.event, l.posting_date, l.production_flow, l.site, l.item, l.rate_item
    UNION ALL
    SELECT o.event, o.posting_date, o.production_flow, f.site, o.item, o.item,
           CAST(round(CAST(o.quantity AS DECIMAL(19, 6)) * counts(n.basis, i.weight, i.volume), 6) AS DECIMAL(28, 6))
    FROM product_outputs o
    JOIN posting_days d ON d.production_flow = o.production_flow AND o.posting_date BETWEEN d.first_day AND d.last_day
    JOIN current_node n ON n.node_type = 'output_unit'
    JOIN production_flows f ON f.production_flow = o.production_flow
    JOIN items i ON i.item = o.item
    WHERE o.output_type <> 'material_return'
)
SELECT b.event, b.posting_date, b.production_flow, b.site, b.item, b.rate_item, 'indirect' AS transaction_type,
       'costing_sheet_node' AS resource_type, n.node AS resource, n.cost_group,
       CAST(b.base AS DECIMAL(18, 6)) AS quantity, r.rate AS unit_cost,
       money(CAST(b.base AS DECIMAL(19, 6)) * r.rate, u.minor_units, u.minor_unit) AS amount,
       CAST(CAST(b.base AS DECIMAL(19, 6)) * r.rate AS DECIMAL(38, 12)) AS exact_amount, FALSE AS made, n.place
FROM bases b
CROSS JOIN current_node n
CROSS JOIN run u
JOIN indirect_rate_periods r
    ON r.node = n.node AND r.site = b.site AND r.item = COALESCE(b.rate_item, '')
    AND b.posting_date BETWEEN r.valid_from AND r.valid_to
WHERE b.base <> 0
