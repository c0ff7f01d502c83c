-- C88 (warning): a structure that gives nothing: a line, ratio, service or operation of nothing, a BOM without lines,
-- a price or hourly rate of nothing, an item without the weight or volume that its overhead is charged by.
-- A run time of nothing is C54; a rate of nothing is how a node is switched off.
-- Source: contract 2; domain 1.7 (component quantity zero, component cost zero). Decision: D65.
-- Inputs: boms, bom_lines, activity_ratios, activities, route_operations, item_prices, cost_category_prices,
-- costing_sheet, indirect_rates, items, kanban_rules.
-- Key: subject, problem.
WITH received_items AS (
    SELECT r.item
    FROM kanban_rules r
    JOIN activities a ON a.production_flow = r.production_flow AND a.activity = r.last_activity AND a.update_on_receipt
    WHERE r.kanban_type = 'manufacturing'
),
measured_nodes AS (
    SELECT DISTINCT s.node, s.node_type, s.basis, s.base_cost_groups
    FROM costing_sheet s JOIN indirect_rates r ON r.node = s.node AND r.status = 'active' AND r.rate <> 0
    WHERE s.node_type IN ('input_unit', 'output_unit') AND s.basis IN ('weight', 'volume')
),
measured_items AS (
    SELECT n.node, n.basis, i.item
    FROM measured_nodes n
    JOIN items i ON i.item_type = 'item' AND counts(n.basis, i.weight, i.volume) = 0
    WHERE CASE n.node_type
              WHEN 'input_unit' THEN list_contains(string_split(replace(n.base_cost_groups, ' ', ''), ';'), i.cost_group)
              ELSE i.item IN (SELECT item FROM received_items) END
)
SELECT 'bom_lines' AS table_name, [bom, line] AS key_parts,
       'BOM ' || bom || ' line ' || line AS subject, 'asks for nothing of ' || component AS problem,
       'Give its quantity, or take the line out' AS remedy
FROM bom_lines
WHERE quantity = 0 AND constant_scrap = 0
UNION ALL
SELECT 'boms', [b.bom], 'BOM ' || b.bom, 'of ' || b.item || ' has no lines', 'Add its lines, or take it out'
FROM boms b
WHERE NOT EXISTS (SELECT 1 FROM bom_lines l WHERE l.bom = b.bom)
UNION ALL
SELECT 'activity_ratios', [production_flow, activity, item], 'activity ' || activity || ' of flow ' || production_flow,
       'has throughput ratio 0 for ' || item || ': it costs no time', 'Give the ratio, or accept it'
FROM activity_ratios
WHERE throughput_ratio = 0
UNION ALL
SELECT 'activities', [production_flow, activity], 'activity ' || activity || ' of flow ' || production_flow,
       'has service quantity 0: ' || service_item || ' is never counted', 'Give the quantity a unit, or take the service out'
FROM activities
WHERE service_item IS NOT NULL AND service_quantity = 0
UNION ALL
SELECT 'route_operations', [route, operation], 'operation ' || operation || ' of route ' || route,
       'takes no time', 'Give its hours, or accept it'
FROM route_operations
WHERE run_time_hours = 0 AND COALESCE(setup_hours, 0) = 0
UNION ALL
SELECT 'item_prices', [costing_version, item, COALESCE(site, ''), CAST(from_date AS VARCHAR)],
       item || ' in version ' || costing_version, 'costs nothing from ' || CAST(from_date AS VARCHAR)
           || COALESCE(' at site ' || site, ''), 'Give its standard cost, or accept it'
FROM item_prices
WHERE unit_cost = 0 AND status = 'active'
UNION ALL
SELECT 'cost_category_prices', [costing_version, cost_category, COALESCE(site, ''), CAST(from_date AS VARCHAR)],
       'cost category ' || cost_category || ' in version ' || costing_version,
       'costs nothing an hour from ' || CAST(from_date AS VARCHAR) || COALESCE(' at site ' || site, ''),
       'Give its hourly rate, or accept it'
FROM cost_category_prices
WHERE hourly_rate = 0 AND status = 'active'
UNION ALL
SELECT 'items', [min(item)], 'node ' || node, 'is charged by ' || basis || ', but nothing is known of '
           || string_agg(item, ', ' ORDER BY item), 'Give the ' || basis || ' of a unit, or accept it'
FROM measured_items
GROUP BY node, basis
