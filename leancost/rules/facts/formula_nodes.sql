-- The costing sheet's formula nodes in the sheet's order.
-- Source: contract 2 (costing_sheet), contract 4 (indirect lines in the sheet's order). Inputs: costing_sheet. Key: node.
SELECT node, node_type, cost_group, COALESCE(basis, 'value') AS basis,
       row_number() OVER (ORDER BY sequence, node) AS place
FROM costing_sheet
WHERE node_type IN ('surcharge', 'rate', 'input_unit', 'output_unit')
