-- What the receipts' breakdowns contain of every resource: AQ = sum of Q x bq, its value at bp, and the charges.
-- Q good quantity received (exact), bq, bp, bc quantity, price and charge of the resource in the breakdown that deducted it.
-- Source: contract 4 (variance types); domain 3.2. Decision: D14.
-- Inputs: receipt_lines.
-- Key: production_flow, resource_type, resource, cost_group.
SELECT production_flow, resource_type, resource, cost_group,
       CAST(sum(CAST(received_quantity AS DECIMAL(19, 6)) * breakdown_quantity) AS DECIMAL(22, 12)) AS allowed_quantity,
       sum(CAST(CAST(received_quantity AS DECIMAL(19, 6)) * breakdown_quantity AS DECIMAL(22, 12))
           * CAST(unit_cost AS DECIMAL(16, 6))) AS allowed_value,
       sum(CAST(received_quantity AS DECIMAL(19, 6)) * charge) AS charges
FROM receipt_lines
GROUP BY production_flow, resource_type, resource, cost_group
