-- The last day of each flow's history: what is dated on or before it is in its opening balance, and is not posted.
-- go_live = that of the flow, else the latest date of opening_wip over the flows without one; 0001-01-01 where there is none.
-- Source: contract 2 (production_flows.go_live), 3 (opening_wip). Decision: D57.
-- Inputs: production_flows, opening_wip.
-- Key: production_flow.
WITH go_live_of_the_book AS (
    SELECT max(o.posting_date) AS go_live
    FROM opening_wip o LEFT JOIN production_flows f ON f.production_flow = o.production_flow
    WHERE f.go_live IS NULL
)
SELECT f.production_flow, COALESCE(f.go_live, b.go_live, DATE '0001-01-01') AS go_live
FROM production_flows f CROSS JOIN go_live_of_the_book b
