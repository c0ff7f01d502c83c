-- What moved between two runs of different periods, as totals: of the company every figure of WIP, of a flow its variance
-- and what it is worth at the end, of a cost group and of a resource the variance. moved = second run - first run.
-- Source: contract 5 (diff), 6 (wip_balances). Decision: D96.
-- Inputs: first_run.wip_balances, second_run.wip_balances.
-- Key: depth, key, figure.
WITH both_runs AS (
    SELECT 1 AS side, * FROM first_run.wip_balances
    UNION ALL SELECT 2, * FROM second_run.wip_balances
),
figures AS (
    SELECT side, production_flow, cost_group, resource_type, resource, 1 AS place, 'opening' AS figure,
           opening AS amount FROM both_runs
    UNION ALL SELECT side, production_flow, cost_group, resource_type, resource, 2, 'inputs', inputs FROM both_runs
    UNION ALL SELECT side, production_flow, cost_group, resource_type, resource, 3, 'outputs', outputs FROM both_runs
    UNION ALL SELECT side, production_flow, cost_group, resource_type, resource, 4, 'revaluation', revaluation FROM both_runs
    UNION ALL SELECT side, production_flow, cost_group, resource_type, resource, 5, 'before', before FROM both_runs
    UNION ALL SELECT side, production_flow, cost_group, resource_type, resource, 6, 'variance', variance FROM both_runs
    UNION ALL SELECT side, production_flow, cost_group, resource_type, resource, 7, 'after', after FROM both_runs
),
keyed AS (
    SELECT 0 AS depth, '' AS key, side, place, figure, amount FROM figures
    UNION ALL
    SELECT 1, production_flow, side, place, figure, amount FROM figures WHERE figure IN ('variance', 'after')
    UNION ALL
    SELECT 2, production_flow || '/' || cost_group, side, place, figure, amount FROM figures WHERE figure = 'variance'
    UNION ALL
    SELECT 3, production_flow || '/' || resource_type || '/' || resource || '/' || cost_group, side, place, figure, amount
    FROM figures WHERE figure = 'variance'
),
totals AS (
    SELECT depth, key, place, figure,
           COALESCE(sum(amount) FILTER (WHERE side = 1), 0) AS first_amount,
           COALESCE(sum(amount) FILTER (WHERE side = 2), 0) AS second_amount
    FROM keyed
    GROUP BY depth, key, place, figure
)
SELECT depth, key, figure, CAST(first_amount AS DECIMAL(18, 3)) AS first_amount,
       CAST(second_amount AS DECIMAL(18, 3)) AS second_amount, place, abs(second_amount - first_amount) AS moved
FROM totals
WHERE first_amount <> second_amount
