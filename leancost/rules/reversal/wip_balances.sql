-- WIP before and after the reversal: it begins with what the runs taken back left and ends with what they began with.
-- opening = their last after; inputs, outputs, revaluation and variance = - their sums; before = opening + inputs + outputs
-- + revaluation; after = before - variance (currency). Source: domain 5 #21, #22; contract 6 (what must hold on every
-- run). Decision: D36.
-- Inputs: reversed_wip_balances, reversed_runs. Key: production_flow, resource_type, resource, cost_group.
WITH figures AS (
    SELECT b.production_flow, b.resource_type, b.resource, b.cost_group,
           sum(CASE WHEN r.is_last THEN b.after ELSE 0 END) AS opening, -sum(b.inputs) AS inputs,
           -sum(b.outputs) AS outputs, -sum(b.revaluation) AS revaluation, -sum(b.variance) AS variance
    FROM reversed_wip_balances b
    JOIN reversed_runs r ON r.run = b.run
    GROUP BY b.production_flow, b.resource_type, b.resource, b.cost_group
)
SELECT production_flow, resource_type, resource, cost_group, CAST(opening AS DECIMAL(18, 3)) AS opening,
       CAST(inputs AS DECIMAL(18, 3)) AS inputs, CAST(outputs AS DECIMAL(18, 3)) AS outputs,
       CAST(revaluation AS DECIMAL(18, 3)) AS revaluation,
       CAST(opening + inputs + outputs + revaluation AS DECIMAL(18, 3)) AS before,
       CAST(variance AS DECIMAL(18, 3)) AS variance,
       CAST(opening + inputs + outputs + revaluation - variance AS DECIMAL(18, 3)) AS after
FROM figures
WHERE opening <> 0 OR inputs <> 0 OR outputs <> 0 OR revaluation <> 0 OR variance <> 0
