-- The unrounded lines of every structure of one level, as its parents flatten them.
-- Source: contract 6 (sums of factors are exact). Inputs: own_lines, costing_sheet.
-- Key: structure, resource_type, resource, cost_group, unit_price, is_output_unit.
SELECT o.structure, o.resource_type, o.resource, o.cost_group, o.unit_price,
       COALESCE(n.node_type = 'output_unit', FALSE) AS is_output_unit,
       CAST(sum(o.quantity) AS DECIMAL(23, 15)) AS quantity, CAST(sum(o.charge) AS DECIMAL(28, 15)) AS charge,
       CAST(sum(o.charge_quantity) AS DECIMAL(23, 15)) AS charge_quantity
FROM own_lines o
LEFT JOIN costing_sheet n ON n.node = o.resource AND o.resource_type = 'costing_sheet_node'
GROUP BY o.structure, o.resource_type, o.resource, o.cost_group, o.unit_price, COALESCE(n.node_type = 'output_unit', FALSE)
