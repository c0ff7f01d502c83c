-- The flow that makes an item at a site on the calculation date: its default flow, else the only one, else the first.
-- Source: contract 4 (inventory controlled in a flow), contract 6. Inputs: active_rules, default_production_flows.
-- Key: item, site.
SELECT r.item, r.site,
       COALESCE(max(CASE WHEN d.production_flow = r.production_flow THEN r.production_flow END), min(r.production_flow))
           AS production_flow
FROM active_rules r
LEFT JOIN default_production_flows d ON d.item = r.item AND d.site = r.site
GROUP BY r.item, r.site
