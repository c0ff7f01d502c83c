-- p: the active standard price or rate of every resource at the end date at the flow's site, per cost group.
-- Items and services per cost group of their standard cost; cost categories per hour; nodes the rate for all items.
-- Source: contract 4 (variance types: p). Decision: D14.
-- Inputs: run, production_flows, standard_price_periods, standard_costs_by_group, items, cost_categories,
-- hourly_rate_periods, formula_nodes, indirect_rate_periods.
-- Key: production_flow, resource_type, resource, cost_group.
SELECT f.production_flow, i.item_type AS resource_type, p.item AS resource, g.cost_group, g.unit_cost AS price
FROM production_flows f
CROSS JOIN run u
JOIN standard_price_periods p ON p.site = f.site AND u.end_date BETWEEN p.valid_from AND p.valid_to
JOIN standard_costs_by_group g ON g.item = p.item AND g.site = p.site AND g.valid_from = p.valid_from
JOIN items i ON i.item = p.item
UNION ALL
SELECT f.production_flow, 'cost_category', r.cost_category, c.cost_group, r.hourly_rate
FROM production_flows f
CROSS JOIN run u
JOIN hourly_rate_periods r ON r.site = f.site AND u.end_date BETWEEN r.valid_from AND r.valid_to
JOIN cost_categories c ON c.cost_category = r.cost_category
UNION ALL
SELECT f.production_flow, 'costing_sheet_node', r.node, n.cost_group, r.rate
FROM production_flows f
CROSS JOIN run u
JOIN indirect_rate_periods r ON r.site = f.site AND r.item = '' AND u.end_date BETWEEN r.valid_from AND r.valid_to
JOIN formula_nodes n ON n.node = r.node
