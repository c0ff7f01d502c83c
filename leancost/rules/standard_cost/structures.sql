-- What can be calculated: an item at a site by a flow, by a route, or as a phantom; with its BOM and costing lot.
-- lot (units) = the rule's quantity by flow, the default order quantity otherwise. is_chosen: what the basis asks for;
-- several flows need the default flow (flow_count tells). Source: contract 6 (each item is calculated at each site ...; the
-- lot), domain 1.7. Inputs: calculation, valid_boms, valid_routes, active_rules, default_production_flows, items, bom_lines.
-- Key: structure.
WITH by_flow AS (
    SELECT r.item, r.site, 'production_flow' AS basis, r.production_flow, CAST(NULL AS VARCHAR) AS route, r.kanban_rule,
           b.bom, r.quantity AS lot, count(*) OVER (PARTITION BY r.item, r.site) AS flow_count,
           d.production_flow AS default_flow
    FROM active_rules r
    JOIN valid_boms b ON b.item = r.item AND b.site = r.site
    LEFT JOIN default_production_flows d ON d.item = r.item AND d.site = r.site
),
by_route AS (
    SELECT t.item, t.site, 'route' AS basis, CAST(NULL AS VARCHAR) AS production_flow, t.route,
           CAST(NULL AS VARCHAR) AS kanban_rule, b.bom, i.default_order_quantity AS lot
    FROM valid_routes t
    JOIN valid_boms b ON b.item = t.item AND b.site = t.site
    JOIN items i ON i.item = t.item
),
phantoms AS (
    SELECT DISTINCT b.item, b.site, b.bom, i.default_order_quantity AS lot
    FROM valid_boms b
    JOIN items i ON i.item = b.item
    JOIN bom_lines l ON l.component = b.item AND l.line_type = 'phantom'
),
all_structures AS (
    SELECT 'flow/' || f.production_flow || '/' || f.item || '/' || f.site AS structure, f.item, f.site, f.basis,
           f.production_flow, f.route, f.kanban_rule, f.bom, f.lot, f.flow_count,
           (f.flow_count = 1 OR COALESCE(f.default_flow, '') = f.production_flow)
               AND (c.basis = 'production_flow' OR (c.basis = 'default' AND t.item IS NULL)) AS is_chosen
    FROM by_flow f
    CROSS JOIN calculation c
    LEFT JOIN by_route t ON t.item = f.item AND t.site = f.site
    UNION ALL
    SELECT 'route/' || t.route || '/' || t.item || '/' || t.site, t.item, t.site, t.basis, t.production_flow, t.route,
           t.kanban_rule, t.bom, t.lot, 1, c.basis IN ('route', 'default')
    FROM by_route t CROSS JOIN calculation c
    UNION ALL
    SELECT 'phantom/' || p.item || '/' || p.site, p.item, p.site, 'phantom', NULL, NULL, NULL, p.bom, p.lot, 1, FALSE
    FROM phantoms p
    ANTI JOIN by_route t ON t.item = p.item AND t.site = p.site
)
SELECT * FROM all_structures
