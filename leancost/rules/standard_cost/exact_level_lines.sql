-- The unrounded lines of every structure of one level, as its parents flatten them.
-- charge (currency per unit) = charge quantity x unit price.
-- Source: contract 6 (sums of factors are exact). Inputs: own_lines, costing_sheet.
-- Key: structure, resource_type, resource, cost_group, unit_price, lent_by.
WITH summed AS (
    SELECT structure, resource_type, resource, cost_group, unit_price, lent_by,
           CAST(sum(quantity) AS DECIMAL(23, 15)) AS quantity,
           CAST(sum(charge_quantity) AS DECIMAL(23, 15)) AS charge_quantity
    FROM own_lines
    GROUP BY structure, resource_type, resource, cost_group, unit_price, lent_by
)
SELECT s.*, n.node IS NOT NULL AS is_output_unit,
       CAST(CAST(s.charge_quantity AS DECIMAL(20, 12)) * CAST(s.unit_price AS DECIMAL(18, 6)) AS DECIMAL(28, 15)) AS charge
FROM summed s
LEFT JOIN costing_sheet n
    ON n.node = s.resource AND s.resource_type = 'costing_sheet_node' AND n.node_type = 'output_unit'
