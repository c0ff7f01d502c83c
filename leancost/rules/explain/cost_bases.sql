-- The own lines of a structure that a costing sheet node is charged on in a calculation.
-- base = their values (surcharge), hours (rate) or component quantities (input unit); per item that decides the rate.
-- Source: contract 4 (indirect lines), 6. Inputs: own_lines, node_bases, formula_nodes.
-- Key: structure, node, rate_item, is_receipt, line, resource_type, resource, cost_group.
SELECT o.structure, n.node, n.node_type, n.basis, o.rate_item, o.is_receipt, o.line, o.resource_type, o.resource, o.cost_group,
       o.unit_price, o.quantity, o.charge_quantity
FROM own_lines o
JOIN node_bases b ON b.cost_group = o.cost_group
JOIN formula_nodes n ON n.node = b.node
LEFT JOIN formula_nodes e ON e.node = o.resource AND o.resource_type = 'costing_sheet_node'
WHERE o.origin = 'own' AND (b.takes_made OR NOT o.made) AND COALESCE(e.place, 0) < n.place
    AND CASE n.node_type WHEN 'surcharge' THEN TRUE WHEN 'rate' THEN o.resource_type = 'cost_category'
                         WHEN 'input_unit' THEN o.resource_type = 'item' ELSE FALSE END
