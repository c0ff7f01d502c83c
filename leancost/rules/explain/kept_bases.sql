-- What is kept at the end date that a costing sheet node is charged on, with the node's rate for the item behind it.
-- base = kept amounts (surcharge), kept hours (rate) or the kept quantity (input unit), per item that decides the rate.
-- Source: contract 4 (effective WIP; finer points). Inputs: run, kept_lines, formula_nodes, node_bases, indirect_rate_periods.
-- Key: scope, production_flow, node, resource_type, resource, cost_group, rate_item.
SELECT k.scope, k.production_flow, n.node, n.node_type, n.basis, k.resource_type, k.resource, k.cost_group, k.rate_item,
       k.quantity, k.amount, r.rate
FROM kept_lines k
CROSS JOIN run u
JOIN node_bases b ON b.cost_group = k.cost_group
JOIN formula_nodes n ON n.node = b.node
LEFT JOIN formula_nodes e ON e.node = k.resource AND k.resource_type = 'costing_sheet_node'
JOIN indirect_rate_periods r
    ON r.node = n.node AND r.site = k.site AND r.item = k.rate_item AND u.end_date BETWEEN r.valid_from AND r.valid_to
WHERE (b.takes_made OR NOT k.made) AND COALESCE(e.place, 0) < n.place
    AND CASE n.node_type WHEN 'surcharge' THEN TRUE WHEN 'rate' THEN k.resource_type = 'cost_category'
                         WHEN 'input_unit' THEN k.resource_type = 'item' ELSE FALSE END
