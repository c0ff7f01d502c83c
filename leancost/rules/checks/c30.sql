-- C30 (error): a quantity that must be above zero.
-- Source: contract 2.
-- Inputs: boms, bom_lines, activities, route_operations, kanban_rules, items. Key: subject, problem.
SELECT 'boms' AS table_name, [bom] AS key_parts,
       'BOM ' || bom AS subject, 'is for a quantity of ' || quantity AS problem, 'Give the units the lines are for' AS remedy
FROM boms WHERE quantity <= 0
UNION ALL
SELECT 'bom_lines', [bom, line], 'BOM ' || bom || ' line ' || line, 'has a negative quantity or scrap', 'Give it as a positive number'
FROM bom_lines WHERE quantity < 0 OR variable_scrap < 0 OR constant_scrap < 0
UNION ALL
SELECT 'activities', [production_flow, activity],
       'activity ' || activity || ' of flow ' || production_flow, 'has run time ' || run_time_hours || ' for quantity '
       || run_time_quantity, 'Give hours of 0 or more for a quantity above 0'
FROM activities WHERE run_time_quantity <= 0 OR run_time_hours < 0 OR process_quantity < 0 OR service_quantity < 0
UNION ALL
SELECT 'route_operations', [route, operation],
       'operation ' || operation || ' of route ' || route, 'has run time ' || run_time_hours || ' for quantity '
       || run_time_quantity, 'Give hours of 0 or more for a quantity above 0'
FROM route_operations WHERE run_time_quantity <= 0 OR run_time_hours < 0 OR setup_hours < 0
UNION ALL
SELECT 'kanban_rules', [kanban_rule], 'rule ' || kanban_rule, 'has quantity ' || quantity, 'Give the quantity of a kanban'
FROM kanban_rules WHERE quantity <= 0
UNION ALL
SELECT 'items', [item], 'item ' || item, 'has default order quantity ' || default_order_quantity, 'Give the costing lot'
FROM items WHERE default_order_quantity <= 0
