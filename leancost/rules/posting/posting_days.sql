-- The days of the run on which each flow posts: those after its go-live. A flow that is not live by the end has none, and
-- what stands in it is not counted; as of a go-live (caps_hours is off) the flows of that very day stand, and none posts.
-- Source: contract 3 (events of a flow dated on or before its go-live are not posted). Decision: D57.
-- Inputs: run, go_lives.
-- Key: production_flow.
SELECT g.production_flow, greatest(u.start_date, g.go_live + 1) AS first_day, u.end_date AS last_day
FROM go_lives g CROSS JOIN run u
WHERE CASE WHEN u.caps_hours THEN g.go_live < u.end_date ELSE g.go_live = u.end_date END
