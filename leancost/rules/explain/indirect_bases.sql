-- The lines of an event that an indirect line of it was charged on.
-- base = their amounts (surcharge), hours (rate) or moved quantity (input unit); receipts and revaluations are never one.
-- Source: contract 4 (indirect lines, level and total). Inputs: wip_lines, posted_lines, formula_nodes, node_bases.
-- Key: transaction, base_transaction.
SELECT w.transaction, n.node_type, l.transaction AS base_transaction, l.quantity, l.amount
FROM wip_lines w
JOIN formula_nodes n ON n.node = w.resource
JOIN node_bases b ON b.node = n.node
JOIN posted_lines p
    ON p.event = w.event AND p.production_flow = w.production_flow AND p.cost_group = b.cost_group AND p.place < n.place
JOIN wip_lines l
    ON l.event = p.event AND l.production_flow = p.production_flow AND l.transaction_type = p.transaction_type
    AND l.resource_type = p.resource_type AND l.resource = p.resource AND l.cost_group = p.cost_group
WHERE w.transaction_type = 'indirect'
    AND (b.takes_made OR NOT p.made)
    AND CASE n.node_type WHEN 'surcharge' THEN p.transaction_type NOT IN ('product_receipt', 'revaluation')
                         WHEN 'rate' THEN p.transaction_type = 'conversion'
                         WHEN 'input_unit' THEN p.transaction_type IN ('material_issue', 'material_return')
                         ELSE FALSE END
