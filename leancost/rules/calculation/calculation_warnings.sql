-- What a calculation reports without stopping: several rules and what each would cost, a rule without a BOM, prices and rates
-- that are lent or zero, prices more than 365 days old, a semi-finished item that had to stay in a stored cost, and overhead in
-- a stored cost that is charged at a receipt which a semi-finished item never has; a cost or a quantity of nothing; and what
-- the checklist finds implausible in the structures and rates it took (C86 to C88).
-- Source: domain 1.5 (fallback), 1.7 (warnings), 5 #13; contract 1 (the breakdown quantity is rounded once, to 9
-- decimals), 2 (kanban rules are the exception; item_price_breakdown), 4 (what a flow never posts stands in the stored
-- cost too). Decisions: D32, D34, D35, D70.
-- Inputs: calculation, asked_items, needed_structures, active_rules, valid_boms, exact_lines, stored_lines,
-- flow_of_items, uncontrolled_items, structure_breakdowns, structure_hours, structure_services, version_hourly_rates,
-- version_prices, reported_structures, rule_activities, version_chain, formula_nodes, node_bases,
-- version_indirect_rates, items, surcharge_like_a_per_cent, factor_lost_in_rounding, structure_gives_nothing.
-- Key: table_name, problem.
WITH lines AS (
    SELECT e.*, s.site,
           CASE e.resource_type WHEN 'cost_category' THEN 'cost_category_prices'
                                WHEN 'costing_sheet_node' THEN 'indirect_rates' ELSE 'item_prices' END AS table_name,
           CASE WHEN e.resource_type IN ('item', 'service') THEN 'the price of ' ELSE 'the rate of ' END || e.resource
               || ' at site ' || s.site AS subject
    FROM exact_lines e JOIN needed_structures s ON s.structure = e.structure AND s.rule_place = 1
),
gaps AS (
    SELECT h.structure FROM structure_hours h
    ANTI JOIN version_hourly_rates r ON r.cost_category = h.cost_category AND r.site = h.site
    UNION
    SELECT v.structure FROM structure_services v
    ANTI JOIN version_prices p ON p.item = v.service_item AND p.site = v.site
),
rule_costs AS (
    SELECT s.item, s.site, s.production_flow, s.kanban_rule, s.rule_place,
           CASE WHEN g.structure IS NULL THEN CAST(sum(b.cost) AS VARCHAR) ELSE 'unknown for want of a price' END AS unit_cost
    FROM needed_structures s
    JOIN active_rules a ON a.kanban_rule = s.kanban_rule AND a.rule_count > 1
    JOIN structure_breakdowns b ON b.structure = s.structure
    LEFT JOIN gaps g ON g.structure = s.structure
    GROUP BY s.item, s.site, s.production_flow, s.kanban_rule, s.rule_place, g.structure
),
never_posted AS (
    SELECT item, site, resource AS node, not_received,
           CAST(round(sum(quantity * unit_price + charge), 6) AS DECIMAL(18, 6)) AS unit_cost
    FROM stored_lines
    WHERE not_received IS NOT NULL
    GROUP BY item, site, resource, not_received
),
implausible AS (
    SELECT * FROM surcharge_like_a_per_cent UNION ALL SELECT * FROM factor_lost_in_rounding UNION ALL SELECT * FROM structure_gives_nothing
),
taken_keys AS (
    SELECT 'bom_lines' AS table_name, bom AS owner, CAST(NULL AS VARCHAR) AS part FROM needed_structures
    UNION SELECT 'boms', bom, NULL FROM needed_structures
    UNION SELECT 'route_operations', route, NULL FROM needed_structures WHERE route IS NOT NULL
    UNION
    SELECT 'activities', a.production_flow, a.activity
    FROM needed_structures s JOIN rule_activities a ON a.kanban_rule = s.kanban_rule
    UNION
    SELECT 'activity_ratios', a.production_flow, a.activity
    FROM needed_structures s JOIN rule_activities a ON a.kanban_rule = s.kanban_rule
    UNION
    SELECT 'indirect_rates', v.costing_version, l.resource
    FROM lines l CROSS JOIN version_chain v WHERE l.resource_type = 'costing_sheet_node'
),
unmeasured AS (
    SELECT n.node, n.basis, i.item
    FROM formula_nodes n
    JOIN version_indirect_rates r ON r.node = n.node AND r.rate <> 0
    JOIN items i ON i.item = r.item AND counts(n.basis, i.weight, i.volume) = 0
    JOIN needed_structures s ON s.item = i.item AND s.site = r.site AND s.basis <> 'phantom'
    WHERE n.node_type = 'output_unit' AND n.basis IN ('weight', 'volume')
    UNION
    SELECT n.node, n.basis, i.item
    FROM formula_nodes n
    JOIN version_indirect_rates r ON r.node = n.node AND r.rate <> 0
    JOIN items i ON i.item = r.item AND counts(n.basis, i.weight, i.volume) = 0
    JOIN lines l ON l.resource_type = 'item' AND l.resource = i.item AND l.site = r.site
    JOIN node_bases b ON b.node = n.node AND b.cost_group = l.cost_group
    WHERE n.node_type = 'input_unit' AND n.basis IN ('weight', 'volume')
),
exact_quantities AS (
    SELECT r.item, r.site, e.resource_type, e.resource, sum(e.quantity) AS quantity
    FROM exact_lines e JOIN reported_structures r ON r.structure = e.structure
    GROUP BY r.item, r.site, e.resource_type, e.resource, e.cost_group
    HAVING count(DISTINCT e.unit_price) = 1 AND sum(e.quantity) <> 0 AND abs(sum(e.quantity)) < 0.000001
)
SELECT 'kanban_rules' AS table_name,
       'item ' || item || ' has ' || CAST(count(*) AS VARCHAR) || ' active rules in flow ' || production_flow
           || ': the first is taken; cost by '
           || string_agg(kanban_rule || ' ' || unit_cost, ', ' ORDER BY rule_place, kanban_rule) AS problem,
       'End the others or accept it' AS remedy
FROM rule_costs
GROUP BY item, site, production_flow
UNION
SELECT 'boms', a.item || ' is made in flow ' || a.production_flow || ' and has no BOM at site ' || a.site || ' on '
       || CAST(c.calculation_date AS VARCHAR) || ': it is not calculated', 'Add its BOM, or end the rule'
FROM active_rules a
JOIN asked_items k ON k.item = a.item
JOIN calculation c ON c.basis <> 'route'
ANTI JOIN valid_boms b ON b.item = a.item AND b.site = a.site
UNION
SELECT table_name, subject || ' is lent by version ' || lent_by, 'Add it to the version' FROM lines
WHERE lent_by IS NOT NULL
UNION
SELECT l.table_name, l.subject || ' is of ' || CAST(p.from_date AS VARCHAR) || ': more than a year old',
       'Confirm it by a new record, or calculate it again'
FROM lines l
JOIN version_prices p ON p.item = l.resource AND p.site = l.site
JOIN calculation c ON p.from_date + 365 < c.calculation_date
ANTI JOIN reported_structures r ON r.item = p.item AND r.site = p.site
WHERE l.resource_type IN ('item', 'service')
UNION
SELECT table_name, subject || ' is zero', 'Check it' FROM lines
WHERE resource_type IN ('item', 'service', 'cost_category')
GROUP BY structure, table_name, subject HAVING max(unit_price) = 0
UNION
SELECT 'item_price_breakdown', 'the cost of ' || l.item || ' at site ' || l.site || ' names ' || l.resource
       || ', which its flow leaves in WIP and which has no breakdown', 'Calculate it in the same run'
FROM stored_lines l
JOIN flow_of_items f ON f.item = l.item AND f.site = l.site
JOIN uncontrolled_items u ON u.production_flow = f.production_flow AND u.item = l.resource
WHERE l.resource_type = 'item'
UNION
SELECT 'item_price_breakdown', 'the cost of ' || n.item || ' at site ' || n.site || ' holds ' || n.node || ' of '
       || n.not_received || ', ' || CAST(n.unit_cost AS VARCHAR) || ' a unit of ' || n.item || ', which flow '
       || f.production_flow || ' never posts: it does not receive ' || n.not_received || ' into inventory',
       'Expect a favourable variance of as much, or calculate by production flow'
FROM never_posted n
JOIN flow_of_items f ON f.item = n.item AND f.site = n.site
WHERE n.unit_cost <> 0
UNION
SELECT 'item_prices', r.item || ' at site ' || r.site || ' costs nothing', 'Look at its BOM, its activities and their prices'
FROM reported_structures r LEFT JOIN structure_breakdowns b ON b.structure = r.structure
GROUP BY r.structure, r.item, r.site
HAVING COALESCE(sum(abs(b.cost)), 0) = 0
UNION
SELECT 'item_price_breakdown', 'the quantity of ' || resource || ' in ' || item || ' at site ' || site
       || CASE WHEN round(quantity, 9) = 0 THEN ' rounds to nothing in the ninth decimal'
               ELSE ' moves by more than a per mille in the ninth decimal' END,
       CASE resource_type WHEN 'item' THEN 'Use a smaller unit, or accept it'
                          ELSE 'Count what is made in a larger unit, or accept it' END
FROM exact_quantities
WHERE abs(round(quantity, 9) - quantity) * 1000 > abs(quantity)
UNION
SELECT 'items', 'node ' || node || ' is charged by ' || basis || ', but nothing is known of '
       || string_agg(item, ', ' ORDER BY item), 'Give the ' || basis || ' of a unit, or accept it'
FROM unmeasured
GROUP BY node, basis
UNION
SELECT i.table_name, i.subject || ' ' || i.problem, i.remedy
FROM implausible i
JOIN taken_keys t
    ON t.table_name = i.table_name AND t.owner = i.key_parts[1] AND (t.part IS NULL OR t.part = i.key_parts[2])
WHERE i.table_name <> 'activity_ratios' OR i.key_parts[3] IN (SELECT item FROM needed_structures)
