-- Every figure of WIP per flow, resource and cost group: what the balances, the usage and the variances are made of.
-- Amounts (currency) as posted, exact_ amounts unrounded (the opening of other than items at its amount); quantities in
-- base units. Source: contract 4 (variance types, RA and unrounded RA) and 6 (wip_balances). Inputs: run,
-- open_layers, open_balances, wip_lines, kept_lines, kept_conversion, excess_lines.
-- Key: production_flow, resource_type, resource, cost_group.
WITH figures AS (
    SELECT production_flow, 'item' AS resource_type, item AS resource, cost_group, 'opening' AS figure, quantity, amount,
           CAST(quantity AS DECIMAL(19, 6)) * unit_cost AS exact_amount
    FROM open_layers
    UNION ALL
    SELECT production_flow, resource_type, resource, cost_group, 'opening', quantity, amount, amount FROM open_balances
    UNION ALL
    SELECT production_flow, resource_type, resource, cost_group,
           CASE transaction_type WHEN 'product_receipt' THEN 'output' WHEN 'revaluation' THEN 'revaluation' ELSE 'input' END,
           COALESCE(quantity, 0), amount, exact_amount
    FROM wip_lines
    UNION ALL
    SELECT production_flow, resource_type, resource, cost_group, 'after', quantity, amount, exact_amount
    FROM kept_lines WHERE scope = 'wip'
    UNION ALL
    SELECT production_flow, resource_type, resource, cost_group, 'timing', 0, amount, 0
    FROM kept_lines CROSS JOIN run WHERE scope = 'conversion' AND conversion_in_wip = 'clear'
    UNION ALL
    SELECT production_flow, resource_type, resource, cost_group, 'timing', 0, -amount, 0
    FROM kept_conversion CROSS JOIN run WHERE conversion_in_wip = 'clear'
    UNION ALL
    SELECT production_flow, resource_type, resource, cost_group, 'excess', quantity, 0, 0 FROM excess_lines
)
SELECT production_flow, resource_type, resource, cost_group,
       sum(quantity) FILTER (WHERE figure = 'opening') AS opening_quantity,
       sum(quantity) FILTER (WHERE figure = 'input') AS input_quantity,
       sum(quantity) FILTER (WHERE figure = 'output') AS output_quantity,
       sum(quantity) FILTER (WHERE figure = 'after') AS after_quantity,
       sum(quantity) FILTER (WHERE figure = 'excess') AS excess_quantity,
       COALESCE(sum(amount) FILTER (WHERE figure = 'opening'), 0) AS opening,
       COALESCE(sum(amount) FILTER (WHERE figure = 'input'), 0) AS inputs,
       COALESCE(sum(amount) FILTER (WHERE figure = 'output'), 0) AS outputs,
       COALESCE(sum(amount) FILTER (WHERE figure = 'revaluation'), 0) AS revaluation,
       COALESCE(sum(amount) FILTER (WHERE figure = 'after'), 0) AS after,
       COALESCE(sum(amount) FILTER (WHERE figure = 'timing'), 0) AS timing,
       COALESCE(sum(exact_amount) FILTER (WHERE figure IN ('opening', 'input', 'revaluation')), 0)
           - COALESCE(sum(exact_amount) FILTER (WHERE figure = 'after'), 0) AS exact_realized_amount
FROM figures
GROUP BY production_flow, resource_type, resource, cost_group
