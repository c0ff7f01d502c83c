-- C70 (warning): an output-unit rate for all items, which by-products and scrap received out of a flow bear too.
-- A by-product or scrap: received by a transfer (pick no, receipt yes) of a flow that neither makes it, nor uses it in a BOM,
-- nor is ever issued it. A rate of the item, or of its master, is a decision: it says what the item bears.
-- Source: contract 4 (each product receipt: indirect for every output-unit node; transfer pick no, receipt yes).
-- Decision: D72.
-- Inputs: indirect_rates, costing_sheet, costing_versions, kanban_rules, activities, production_flows, boms, bom_lines,
-- picking_lines, opening_wip, items.
-- Key: subject, problem.
WITH steps AS (
    SELECT r.kanban_rule, r.production_flow, r.item, a.activity_type, a.update_on_pick, a.update_on_receipt
    FROM kanban_rules r
    JOIN activities f ON f.production_flow = r.production_flow AND f.activity = r.first_activity
    JOIN activities l ON l.production_flow = r.production_flow AND l.activity = r.last_activity
    JOIN activities a ON a.production_flow = r.production_flow AND a.sequence BETWEEN f.sequence AND l.sequence
    WHERE r.kanban_type = 'withdrawal'
),
of_the_flow AS (
    SELECT production_flow, item FROM kanban_rules WHERE kanban_type = 'manufacturing'
    UNION SELECT production_flow, item FROM steps
          WHERE activity_type = 'transfer' AND update_on_pick AND NOT update_on_receipt
    UNION SELECT COALESCE(consuming_production_flow, production_flow), item FROM kanban_rules WHERE supermarket
    UNION SELECT production_flow, item FROM picking_lines WHERE updates_inventory AND quantity > 0
    UNION SELECT production_flow, resource FROM opening_wip WHERE resource_type = 'item'
    UNION SELECT f.production_flow, l.component
          FROM production_flows f JOIN boms b ON b.site IS NULL OR b.site = f.site JOIN bom_lines l ON l.bom = b.bom
),
by_products AS (
    SELECT DISTINCT s.production_flow, f.site, s.item, i.product_master
    FROM steps s
    JOIN production_flows f ON f.production_flow = s.production_flow
    JOIN items i ON i.item = s.item
    ANTI JOIN of_the_flow o ON o.production_flow = s.production_flow AND o.item = s.item
    WHERE s.activity_type = 'transfer' AND NOT s.update_on_pick AND s.update_on_receipt
),
rates AS (
    SELECT r.*
    FROM indirect_rates r
    JOIN costing_sheet n ON n.node = r.node AND n.node_type = 'output_unit'
    JOIN costing_versions v ON v.costing_version = r.costing_version AND v.costing_type = 'standard'
    WHERE r.status = 'active'
)
SELECT 'indirect_rates' AS table_name,
       min([r.costing_version, r.node, COALESCE(r.site, ''), '', CAST(r.from_date AS VARCHAR)]) AS key_parts,
       'node ' || r.node AS subject,
       'has a rate for all items: ' || b.item || ', which flow ' || b.production_flow
           || ' receives as a by-product or scrap, bears it too' AS problem,
       'Give ' || b.item || ' a rate of its own (0 where it bears none), or accept it' AS remedy
FROM rates r
JOIN by_products b ON r.site IS NULL OR r.site = b.site
ANTI JOIN rates o ON o.node = r.node AND (o.item = b.item OR o.item = b.product_master) AND (o.site IS NULL OR o.site = b.site)
WHERE r.item IS NULL AND r.rate <> 0
GROUP BY r.node, b.item, b.production_flow
