-- Step 5: production variances to standard cost, per flow, cost group, resource and type (positive = unfavourable).
-- price = (RA - RQ x p) + AQ x p - sum of Q x bq x bp; lot size = excess x p - sum of Q x bc; quantity = (RQ - excess - AQ) x p,
-- each computed exactly and rounded once; rounding = variance - their sum. A resource that is not expected: substitution.
-- Source: contract 4 (variance types); domain 3.2. Decisions: D14, D15.
-- Inputs: run, wip_figures, realized_usage, allowed_content, end_prices, expected_resources, cost_groups.
-- Key: production_flow, cost_group, resource_type, resource, variance_type.
WITH figures AS (
    SELECT f.production_flow, f.resource_type, f.resource, f.cost_group,
           f.opening + f.inputs + f.outputs + f.revaluation - f.after AS variance,
           x.resource IS NOT NULL AS is_expected,
           CAST(f.exact_realized_amount AS DECIMAL(38, 18)) AS exact_realized_amount,
           CAST(COALESCE(r.realized_quantity, 0) AS DECIMAL(22, 12)) AS realized_quantity,
           CAST(COALESCE(a.allowed_quantity, 0) AS DECIMAL(22, 12)) AS allowed_quantity,
           CAST(COALESCE(a.allowed_value, 0) AS DECIMAL(38, 18)) AS allowed_value,
           CAST(COALESCE(a.charges, 0) AS DECIMAL(38, 18)) AS charges,
           CAST(COALESCE(f.excess_quantity, 0) AS DECIMAL(22, 12)) AS excess_quantity,
           CAST(COALESCE(p.price, 0) AS DECIMAL(16, 6)) AS price
    FROM wip_figures f
    LEFT JOIN realized_usage r
        ON r.production_flow = f.production_flow AND r.resource_type = f.resource_type AND r.resource = f.resource
        AND r.cost_group = f.cost_group
    LEFT JOIN allowed_content a
        ON a.production_flow = f.production_flow AND a.resource_type = f.resource_type AND a.resource = f.resource
        AND a.cost_group = f.cost_group
    LEFT JOIN end_prices p
        ON p.production_flow = f.production_flow AND p.resource_type = f.resource_type AND p.resource = f.resource
        AND p.cost_group = f.cost_group
    LEFT JOIN expected_resources x
        ON x.production_flow = f.production_flow AND x.resource_type = f.resource_type AND x.resource = f.resource
),
exact_parts AS (
    SELECT production_flow, resource_type, resource, cost_group, variance, is_expected,
           exact_realized_amount - realized_quantity * price + allowed_quantity * price - allowed_value AS price_part,
           excess_quantity * price - charges AS lot_size_part,
           (realized_quantity - excess_quantity - allowed_quantity) * price AS quantity_part
    FROM figures
),
parts AS (
    SELECT e.*, money(e.price_part, u.minor_units, u.minor_unit) AS price_amount,
           money(e.lot_size_part, u.minor_units, u.minor_unit) AS lot_size_amount,
           money(e.quantity_part, u.minor_units, u.minor_unit) AS quantity_amount
    FROM exact_parts e CROSS JOIN run u
),
typed AS (
    SELECT production_flow, resource_type, resource, cost_group, 'substitution' AS variance_type, variance AS amount
    FROM parts WHERE NOT is_expected
    UNION ALL
    SELECT production_flow, resource_type, resource, cost_group, 'price', price_amount FROM parts WHERE is_expected
    UNION ALL
    SELECT production_flow, resource_type, resource, cost_group, 'lot_size', lot_size_amount FROM parts WHERE is_expected
    UNION ALL
    SELECT production_flow, resource_type, resource, cost_group, 'quantity', quantity_amount FROM parts WHERE is_expected
    UNION ALL
    SELECT production_flow, resource_type, resource, cost_group, 'rounding',
           variance - price_amount - lot_size_amount - quantity_amount
    FROM parts WHERE is_expected
)
SELECT t.production_flow, g.cost_group_type, t.cost_group, t.resource_type, t.resource, t.variance_type,
       CAST(t.amount AS DECIMAL(18, 3)) AS amount
FROM typed t JOIN cost_groups g ON g.cost_group = t.cost_group
WHERE t.amount <> 0
