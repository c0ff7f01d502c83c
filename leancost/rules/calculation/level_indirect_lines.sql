-- The overhead one costing sheet node charges on the own lines of one level.
-- is_receipt: an output-unit node's line, or a surcharge on such lines, which is charged where the item is received.
-- quantity: value of the base (surcharge), hours (rate), component or product quantity x 1, weight or volume; charge
-- quantity: the same of the per-lot quantities; unit price = rate. Source: contract 4 (indirect lines), 6; domain 1.5,
-- 1.7. Decision: D3.
-- Inputs: current_node, node_bases, own_lines, current_level, items, version_indirect_rates.
-- Key: structure, rate_item, is_receipt.
WITH based_lines AS (
    SELECT o.*, n.node_type, n.basis
    FROM own_lines o
    CROSS JOIN current_node n
    JOIN node_bases b ON b.node = n.node AND b.cost_group = o.cost_group
    WHERE o.origin = 'own' AND (b.takes_made OR NOT o.made)
),
moved_components AS (
    SELECT structure, site, rate_item, resource, line, max(basis) AS basis, max(quantity) AS quantity,
           max(charge_quantity) AS charge_quantity
    FROM based_lines
    WHERE node_type = 'input_unit' AND resource_type = 'item'
    GROUP BY structure, site, rate_item, resource, line
),
bases AS (
    SELECT structure, site, rate_item, is_receipt,
           CAST(sum(quantity * unit_price) AS DECIMAL(38, 18)) AS base,
           CAST(sum(charge_quantity * unit_price) AS DECIMAL(38, 18)) AS charge_base
    FROM based_lines WHERE node_type = 'surcharge' GROUP BY structure, site, rate_item, is_receipt
    UNION ALL
    SELECT structure, site, rate_item, FALSE, CAST(sum(quantity) AS DECIMAL(38, 18)),
           CAST(sum(charge_quantity) AS DECIMAL(38, 18))
    FROM based_lines WHERE node_type = 'rate' AND resource_type = 'cost_category' GROUP BY structure, site, rate_item
    UNION ALL
    SELECT m.structure, m.site, m.rate_item, FALSE,
           CAST(sum(m.quantity * counts(m.basis, i.weight, i.volume)) AS DECIMAL(38, 18)),
           CAST(sum(m.charge_quantity * counts(m.basis, i.weight, i.volume)) AS DECIMAL(38, 18))
    FROM moved_components m JOIN items i ON i.item = m.resource
    GROUP BY m.structure, m.site, m.rate_item
    UNION ALL
    SELECT s.structure, s.site, s.item, TRUE,
           CAST(counts(n.basis, i.weight, i.volume) AS DECIMAL(38, 18)), CAST(0 AS DECIMAL(38, 18))
    FROM current_level s
    JOIN current_node n ON n.node_type = 'output_unit'
    JOIN items i ON i.item = s.item
    WHERE s.basis <> 'phantom'
)
SELECT b.structure, b.site, 'own' AS origin, n.node AS line, 'costing_sheet_node' AS resource_type, n.node AS resource,
       n.cost_group, r.rate AS unit_price, r.lent_by, b.rate_item, FALSE AS made, b.is_receipt,
       b.base AS quantity, b.charge_base AS charge_quantity
FROM bases b
CROSS JOIN current_node n
JOIN version_indirect_rates r ON r.node = n.node AND r.site = b.site AND r.item = b.rate_item
WHERE b.base <> 0 OR b.charge_base <> 0
