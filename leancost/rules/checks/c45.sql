-- C45 (error): a picking line whose kanban is of another flow.
-- Source: contract 3.
-- Inputs: picking_lines, kanbans, kanban_rules. Key: subject, problem.
SELECT 'picking_lines' AS table_name, [p.picking_line] AS key_parts,
       'picking line ' || p.picking_line AS subject, 'is of flow ' || p.production_flow || ', its kanban ' || p.kanban
       || ' of flow ' || r.production_flow AS problem, 'Correct the flow or the kanban' AS remedy
FROM picking_lines p
JOIN kanbans k ON k.kanban = p.kanban
JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
WHERE r.production_flow <> p.production_flow
