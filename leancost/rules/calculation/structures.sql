-- What can be calculated: an item at a site by a flow, by a route, or as a phantom; with its BOM and costing lot.
-- lot (units) = the rule's quantity by flow, the default order quantity otherwise. is_chosen: what the basis asks for;
-- several flows need the default flow (flow_count tells). Rules after the first (rule_place) only show what they would
-- cost. A phantom stands once for every flow that opens it and once for
-- the routes (production_flow empty): what is inside is made, or not, in that flow.
-- Source: contract 4 (inventory controlled in a flow), 6 (each item is calculated at each site ...; the lot; a
-- phantom), domain 1.7. Decision: D31.
-- Inputs: calculation, valid_boms, valid_routes, active_rules, default_production_flows, items, bom_lines.
-- Key: structure.
WITH RECURSIVE by_flow AS (
    SELECT r.item, r.site, r.production_flow, r.kanban_rule, r.place, b.bom, r.quantity AS lot,
           sum(CASE r.place WHEN 1 THEN 1 ELSE 0 END) OVER (PARTITION BY r.item, r.site) AS flow_count, d.production_flow AS default_flow
    FROM active_rules r
    JOIN valid_boms b ON b.item = r.item AND b.site = r.site
    LEFT JOIN default_production_flows d ON d.item = r.item AND d.site = r.site
),
by_route AS (
    SELECT t.item, t.site, t.route, b.bom, i.default_order_quantity AS lot
    FROM valid_routes t
    JOIN valid_boms b ON b.item = t.item AND b.site = t.site
    JOIN items i ON i.item = t.item
),
parents AS (
    SELECT production_flow, site, bom FROM by_flow
    UNION ALL
    SELECT CAST(NULL AS VARCHAR), site, bom FROM by_route
),
phantoms AS (
    SELECT p.production_flow, p.site, l.component AS item
    FROM parents p JOIN bom_lines l ON l.bom = p.bom AND l.line_type = 'phantom'
    UNION
    SELECT p.production_flow, p.site, l.component
    FROM phantoms p
    JOIN valid_boms b ON b.item = p.item AND b.site = p.site
    JOIN bom_lines l ON l.bom = b.bom AND l.line_type = 'phantom'
)
SELECT 'flow/' || f.production_flow || '/' || f.item || '/' || f.site
           || CASE f.place WHEN 1 THEN '' ELSE '/' || f.kanban_rule END AS structure, f.item, f.site,
       'production_flow' AS basis, f.production_flow, CAST(NULL AS VARCHAR) AS route, f.kanban_rule,
       f.place AS rule_place, f.bom, f.lot, f.flow_count,
       f.place = 1 AND (f.flow_count = 1 OR COALESCE(f.default_flow, '') = f.production_flow)
           AND (c.basis = 'production_flow' OR (c.basis = 'default' AND t.item IS NULL)) AS is_chosen
FROM by_flow f
CROSS JOIN calculation c
LEFT JOIN by_route t ON t.item = f.item AND t.site = f.site
UNION ALL
SELECT 'route/' || t.route || '/' || t.item || '/' || t.site, t.item, t.site, 'route', NULL, t.route, NULL, 1, t.bom, t.lot, 1,
       c.basis IN ('route', 'default')
FROM by_route t CROSS JOIN calculation c
UNION ALL
SELECT 'phantom/' || COALESCE(p.production_flow, '') || '/' || p.item || '/' || p.site, p.item, p.site, 'phantom',
       p.production_flow, NULL, NULL, 1, b.bom, i.default_order_quantity, 1, FALSE
FROM phantoms p
JOIN valid_boms b ON b.item = p.item AND b.site = p.site
JOIN items i ON i.item = p.item
