-- Days within the run on which an item that may lie in WIP gets a new standard cost record.
-- Source: contract 4 (a run is divided only where an item with open layers after the eve has a new record), domain 5
-- #12. Decision: D18.
-- Inputs: run, standard_price_periods, production_flows, open_layers, material_issues, opening_wip, go_lives,
-- posted_flows.
-- Key: production_flow, item, valid_from.
WITH touched AS (
    SELECT production_flow, item, DATE '0001-01-01' AS first_date FROM open_layers
    UNION ALL
    SELECT production_flow, item, posting_date FROM material_issues WHERE quantity > 0
    UNION ALL
    SELECT o.production_flow, o.resource, g.go_live
    FROM opening_wip o
    JOIN go_lives g ON g.production_flow = o.production_flow
    ANTI JOIN posted_flows p ON p.production_flow = o.production_flow
    WHERE o.resource_type = 'item'
),
first_touches AS (SELECT production_flow, item, min(first_date) AS first_date FROM touched GROUP BY production_flow, item)
SELECT t.production_flow, t.item, n.valid_from
FROM first_touches t
CROSS JOIN run u
JOIN production_flows f ON f.production_flow = t.production_flow
JOIN standard_price_periods n
    ON n.item = t.item AND n.site = f.site AND n.valid_from > u.start_date AND n.valid_from <= u.end_date
    AND n.valid_from > t.first_date
LEFT JOIN standard_price_periods o
    ON o.item = n.item AND o.site = n.site AND n.valid_from - 1 BETWEEN o.valid_from AND o.valid_to
WHERE COALESCE(o.record, '') <> n.record
