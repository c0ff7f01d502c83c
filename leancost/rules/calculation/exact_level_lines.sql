-- The unrounded lines of every structure of one level, as its parents flatten them.
-- charge (currency per unit) = charge quantity x unit price. is_receipt: charged at the receipt of the structure's own item.
-- Source: contract 6 (sums of factors are exact). Inputs: own_lines.
-- Key: structure, resource_type, resource, cost_group, unit_price, lent_by, is_receipt.
WITH summed AS (
    SELECT structure, resource_type, resource, cost_group, unit_price, lent_by, is_receipt,
           CAST(sum(quantity) AS DECIMAL(38, 18)) AS quantity,
           CAST(sum(charge_quantity) AS DECIMAL(38, 18)) AS charge_quantity
    FROM own_lines
    GROUP BY structure, resource_type, resource, cost_group, unit_price, lent_by, is_receipt
)
SELECT *, charge_quantity * unit_price AS charge FROM summed
