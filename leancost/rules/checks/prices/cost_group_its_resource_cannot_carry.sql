-- C61 (error): a line of a breakdown, or of the go-live, in a cost group that its resource cannot carry.
-- An item that is made, or has a breakdown of its own, brings the cost groups of what is in it: any may be right.
-- Source: contract 2 (item_price_breakdown), 3 (opening_wip); seed, assign cost groups. Decision: D56.
-- Inputs: item_price_breakdown, opening_wip, kanban_rules, boms, cost_groups. Key: subject, problem.
WITH lines AS (
    SELECT 'item_price_breakdown' AS table_name, [costing_version, item, COALESCE(site, ''), CAST(from_date AS VARCHAR),
               resource_type, resource, cost_group] AS key_parts,
           'the breakdown of ' || item AS subject, resource_type, resource, cost_group
    FROM item_price_breakdown
    UNION ALL
    SELECT 'opening_wip', [production_flow, resource_type, resource, cost_group, CAST(posting_date AS VARCHAR)],
           'opening WIP of flow ' || production_flow, resource_type, resource, cost_group
    FROM opening_wip
),
composed AS (
    SELECT item FROM item_price_breakdown
    UNION SELECT item FROM boms
    UNION SELECT item FROM kanban_rules WHERE kanban_type = 'manufacturing'
),
needed AS (
    SELECT l.*, CASE l.resource_type WHEN 'cost_category' THEN 'direct_manufacturing' WHEN 'service' THEN 'direct_outsourcing'
                    WHEN 'costing_sheet_node' THEN 'indirect' ELSE 'direct_material' END AS cost_group_type
    FROM lines l
    LEFT JOIN composed c ON l.resource_type IN ('item', 'service') AND c.item = l.resource
    WHERE c.item IS NULL
)
SELECT n.table_name, min(n.key_parts) AS key_parts, n.subject,
       'has ' || n.resource || ' in cost group ' || n.cost_group || ' of type ' || g.cost_group_type || ', not '
           || n.cost_group_type AS problem,
       'Choose a cost group of type ' || n.cost_group_type || ', or calculate again' AS remedy
FROM needed n JOIN cost_groups g ON g.cost_group = n.cost_group
WHERE g.cost_group_type NOT IN (n.cost_group_type, 'undefined')
GROUP BY n.table_name, n.subject, n.resource, n.cost_group, g.cost_group_type, n.cost_group_type
