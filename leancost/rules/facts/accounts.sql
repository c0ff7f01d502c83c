-- The main account of every flow, posting type and cost group ('' = none).
-- A row of the production group beats a row of the cost group, both beat neither; wip and wip_estimated fall back to the
-- production group's WIP account. Source: contract 2 (posting_profile, production_groups); domain 1.9.
-- Inputs: production_flows, production_groups, posting_profile, cost_groups. Key: production_flow, posting_type, cost_group.
WITH groups AS (SELECT cost_group FROM cost_groups UNION ALL SELECT ''),
candidates AS (
    SELECT f.production_flow, p.posting_type, g.cost_group, p.main_account,
           CASE WHEN p.production_group IS NOT NULL THEN 0 ELSE 2 END + CASE WHEN p.cost_group IS NOT NULL THEN 0 ELSE 1 END
               AS place
    FROM production_flows f
    JOIN posting_profile p ON p.production_group IS NULL OR p.production_group = f.production_group
    JOIN groups g ON p.cost_group IS NULL OR p.cost_group = g.cost_group
    UNION ALL
    SELECT f.production_flow, t.posting_type, g.cost_group, o.wip_account, 4
    FROM production_flows f
    JOIN production_groups o ON o.production_group = f.production_group
    CROSS JOIN groups g
    CROSS JOIN (SELECT 'wip' AS posting_type UNION ALL SELECT 'wip_estimated') AS t
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY production_flow, posting_type, cost_group ORDER BY place) AS choice
    FROM candidates
)
SELECT production_flow, posting_type, cost_group, main_account FROM ranked WHERE choice = 1
