-- On which days a flow prepared a kanban whose BOM needs an event kanban's item.
-- Phantom lines are opened; only items of event rules that are emptied with their source are looked for.
-- Source: contract 3 (without source_kanban); domain 5 #29. Decision: D16.
-- Inputs: kanbans, kanban_rules, kanban_preparations, production_flows, bom_periods, bom_lines.
-- Key: production_flow, component, prepared_date.
WITH RECURSIVE looked_for AS (
    SELECT DISTINCT item FROM kanban_rules
    WHERE replenishment_strategy = 'event' AND COALESCE(empty_policy, 'source_requirement') = 'source_requirement'
),
prepared AS (
    SELECT DISTINCT r.production_flow, f.site, r.item, p.prepared_date
    FROM kanbans k
    JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule AND r.kanban_type = 'manufacturing'
    JOIN production_flows f ON f.production_flow = r.production_flow
    JOIN kanban_preparations p ON p.kanban = k.kanban AND p.prepared_date IS NOT NULL
    WHERE EXISTS (SELECT 1 FROM looked_for)
),
opened AS (
    SELECT p.production_flow, p.site, p.prepared_date, l.component, l.line_type
    FROM prepared p
    JOIN bom_periods b ON b.item = p.item AND b.site = p.site AND p.prepared_date BETWEEN b.valid_from AND b.valid_to
    JOIN bom_lines l ON l.bom = b.bom AND l.line_type <> 'vendor'
    UNION
    SELECT o.production_flow, o.site, o.prepared_date, l.component, l.line_type
    FROM opened o
    JOIN bom_periods b
        ON b.item = o.component AND b.site = o.site AND o.prepared_date BETWEEN b.valid_from AND b.valid_to
    JOIN bom_lines l ON l.bom = b.bom AND l.line_type <> 'vendor'
    WHERE o.line_type = 'phantom'
)
SELECT DISTINCT o.production_flow, o.component, o.prepared_date
FROM opened o JOIN looked_for w ON w.item = o.component
