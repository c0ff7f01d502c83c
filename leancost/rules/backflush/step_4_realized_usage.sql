-- Step 4: what was realized of every resource against what the outputs allow.
-- realized amount = opening + inputs + revaluation - after; allowed = the product receipts, positive; quantities likewise,
-- an item's as its layers in the cost group settled, less returned in it; a service's as received less what is unused in its
-- own cost group; a cost group that holds nothing of either realizes none. timing = conversion retain would keep at the end
-- minus at the start. Source: contract 4 (realized, per cost group), 6 (realized_usage); domain 0, 2.2 step 4.
-- Decisions: D7, D47, D68.
-- Inputs: wip_figures, settlements, wip_lines, net_realized_usage, items.
-- Key: production_flow, resource_type, resource, cost_group.
WITH settled_of_group AS (
    SELECT production_flow, item, cost_group, sum(quantity) AS quantity
    FROM (SELECT production_flow, item, cost_group, settled_quantity AS quantity FROM settlements
          UNION ALL
          SELECT production_flow, resource, cost_group, quantity FROM wip_lines
          WHERE transaction_type = 'material_return') AS moved
    GROUP BY production_flow, item, cost_group
),
usage AS (
    SELECT f.production_flow, f.resource_type, f.resource, f.cost_group,
           CASE f.resource_type WHEN 'item' THEN COALESCE(g.quantity, 0)
                ELSE COALESCE(f.opening_quantity, 0) + COALESCE(f.input_quantity, 0)
                     - CASE f.resource_type WHEN 'service' THEN COALESCE(n.unused_quantity, 0)
                                            ELSE COALESCE(f.after_quantity, 0) END END AS realized_quantity,
           f.opening + f.inputs + f.revaluation - f.after AS realized_amount,
           -COALESCE(f.output_quantity, 0) AS allowed_quantity, -f.outputs AS allowed_amount, f.timing AS timing_amount
    FROM wip_figures f
    LEFT JOIN items i ON f.resource_type = 'service' AND i.item = f.resource AND i.cost_group = f.cost_group
    LEFT JOIN net_realized_usage n
        ON n.production_flow = f.production_flow AND n.resource_type = 'service' AND n.resource = i.item
    LEFT JOIN settled_of_group g
        ON f.resource_type = 'item' AND g.production_flow = f.production_flow AND g.item = f.resource
        AND g.cost_group = f.cost_group
)
SELECT production_flow, resource_type, resource, cost_group,
       CAST(realized_quantity AS DECIMAL(18, 6)) AS realized_quantity,
       CAST(realized_amount AS DECIMAL(18, 3)) AS realized_amount,
       CAST(allowed_quantity AS DECIMAL(18, 6)) AS allowed_quantity,
       CAST(allowed_amount AS DECIMAL(18, 3)) AS allowed_amount, CAST(timing_amount AS DECIMAL(18, 3)) AS timing_amount
FROM usage
WHERE realized_quantity <> 0 OR realized_amount <> 0 OR allowed_quantity <> 0 OR allowed_amount <> 0 OR timing_amount <> 0
