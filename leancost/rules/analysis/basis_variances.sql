-- What the period's products would have been allowed, and what variance would remain, had their standard cost been
-- calculated by production flow or by route: per flow and cost group.
-- allowed (currency) = good quantity x unit cost of the basis in the cost group, rounded per item and group; an item that
-- not both bases calculate (a by-product, a product without a route) at its active standard under both.
-- variance = realized - allowed, of each basis; route_minus_flow = allowed by route - by flow: the systematic part, which the
-- choice of the basis makes in every such period, whatever is used.
-- Source: the source's "Calculation that is based on the route" (the version that produces fewer variances is the
-- better option); contract 5 (calculate). Decision: D29.
-- Inputs: run, products (what was received), usage (what was realized), basis_costs, production_flows.
-- Key: production_flow, cost_group.
WITH bases AS (SELECT 'production_flow' AS basis UNION ALL SELECT 'route'),
comparable AS (
    SELECT item, site FROM basis_costs WHERE basis <> 'active' GROUP BY item, site HAVING count(DISTINCT basis) = 2
),
costs AS (
    SELECT p.production_flow, p.item, p.quantity, b.basis, c.cost_group, c.unit_cost
    FROM products p
    JOIN production_flows f ON f.production_flow = p.production_flow
    CROSS JOIN bases b
    LEFT JOIN comparable m ON m.item = p.item AND m.site = f.site
    JOIN basis_costs c
        ON c.item = p.item AND c.site = f.site AND c.basis = CASE WHEN m.item IS NULL THEN 'active' ELSE b.basis END
),
figures AS (
    SELECT c.production_flow, c.cost_group, c.basis,
           money(CAST(c.quantity AS DECIMAL(19, 6)) * c.unit_cost, u.minor_units, u.minor_unit) AS allowed, 0 AS realized
    FROM costs c CROSS JOIN run u
    UNION ALL
    SELECT g.production_flow, g.cost_group, 'realized', 0, g.realized_amount FROM usage g
),
summed AS (
    SELECT production_flow, cost_group, sum(realized) AS realized,
           COALESCE(sum(allowed) FILTER (WHERE basis = 'production_flow'), 0) AS allowed_by_flow,
           COALESCE(sum(allowed) FILTER (WHERE basis = 'route'), 0) AS allowed_by_route
    FROM figures
    GROUP BY production_flow, cost_group
)
SELECT production_flow, cost_group, CAST(realized AS DECIMAL(18, 3)) AS realized_amount,
       CAST(allowed_by_flow AS DECIMAL(18, 3)) AS allowed_by_flow_amount,
       CAST(allowed_by_route AS DECIMAL(18, 3)) AS allowed_by_route_amount,
       CAST(allowed_by_route - allowed_by_flow AS DECIMAL(18, 3)) AS route_minus_flow_amount,
       CAST(realized - allowed_by_flow AS DECIMAL(18, 3)) AS variance_by_flow_amount,
       CAST(realized - allowed_by_route AS DECIMAL(18, 3)) AS variance_by_route_amount
FROM summed
ORDER BY production_flow, cost_group
