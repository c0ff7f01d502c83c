-- Step 4: WIP of every flow before and after the run, per resource and cost group.
-- before = opening + inputs + outputs + revaluation; after = effective WIP; variance = before - after (currency).
-- Source: contract 6 (wip_balances); domain 0. Decision: D22.
-- Inputs: wip_figures. Key: production_flow, resource_type, resource, cost_group.
SELECT production_flow, resource_type, resource, cost_group,
       CAST(opening AS DECIMAL(18, 3)) AS opening, CAST(inputs AS DECIMAL(18, 3)) AS inputs,
       CAST(outputs AS DECIMAL(18, 3)) AS outputs, CAST(revaluation AS DECIMAL(18, 3)) AS revaluation,
       CAST(opening + inputs + outputs + revaluation AS DECIMAL(18, 3)) AS before,
       CAST(opening + inputs + outputs + revaluation - after AS DECIMAL(18, 3)) AS variance,
       CAST(after AS DECIMAL(18, 3)) AS after
FROM wip_figures
WHERE opening <> 0 OR inputs <> 0 OR outputs <> 0 OR revaluation <> 0 OR after <> 0
