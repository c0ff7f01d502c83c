-- The flows whose go-live balance this run brings forward: live by its end, and no run has posted for them.
-- It is the run that holds the first day after the go-live; later only for rows of opening_wip that came when that was closed.
-- Source: contract 3 (a flow that goes live later than the book brings its rows into the period then open).
-- Decision: D57.
-- Inputs: run, go_lives, posted_flows, opening_wip. Key: production_flow.
WITH flows_with_rows AS (SELECT DISTINCT production_flow FROM opening_wip)
SELECT g.production_flow, g.go_live
FROM go_lives g
JOIN run u ON g.go_live < u.end_date
LEFT JOIN flows_with_rows o ON o.production_flow = g.production_flow
ANTI JOIN posted_flows p ON p.production_flow = g.production_flow
WHERE g.go_live > DATE '0001-01-01' AND (g.go_live >= u.start_date - 1 OR o.production_flow IS NOT NULL)
