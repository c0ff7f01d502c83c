-- The overhead one costing sheet node charged on excess hours, unrounded.
-- quantity = excess hours (rate node) or excess amount (surcharge node); amount (currency) = rate x quantity.
-- Source: contract 4 (excess, with the rate and surcharge base they carry); domain 3.2. Decision: D13.
-- Inputs: current_node, node_bases, excess_lines, indirect_rate_periods. Key: event.
WITH bases AS (
    SELECT e.event, e.posting_date, e.production_flow, e.site, e.item, n.node, n.cost_group,
           sum(CASE n.node_type WHEN 'surcharge' THEN e.amount ELSE e.quantity END) AS base
    FROM excess_lines e
    CROSS JOIN current_node n
    JOIN node_bases b ON b.node = n.node AND b.cost_group = e.cost_group
    WHERE n.node_type = 'surcharge' OR (n.node_type = 'rate' AND e.resource_type = 'cost_category')
    GROUP BY e.event, e.posting_date, e.production_flow, e.site, e.item, n.node, n.cost_group
)
SELECT b.event, b.posting_date, b.production_flow, b.site, b.item, 'costing_sheet_node' AS resource_type,
       b.node AS resource, b.cost_group, CAST(b.base AS DECIMAL(22, 12)) AS quantity,
       CAST(CAST(b.base AS DECIMAL(22, 12)) * CAST(r.rate AS DECIMAL(16, 6)) AS DECIMAL(22, 12)) AS amount
FROM bases b
JOIN indirect_rate_periods r
    ON r.node = b.node AND r.site = b.site AND r.item = b.item AND b.posting_date BETWEEN r.valid_from AND r.valid_to
