-- C45 (error): a picking line whose kanban, or a service receipt whose job, is of another flow.
-- Source: contract 3.
-- Inputs: picking_lines, service_receipts, kanban_jobs, kanbans, kanban_rules. Key: subject, problem.
SELECT 'picking_lines' AS table_name, [p.picking_line] AS key_parts,
       'picking line ' || p.picking_line AS subject, 'is of flow ' || p.production_flow || ', its kanban ' || p.kanban
       || ' of flow ' || r.production_flow AS problem, 'Correct the flow or the kanban' AS remedy
FROM picking_lines p
JOIN kanbans k ON k.kanban = p.kanban
JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
WHERE r.production_flow <> p.production_flow
UNION ALL
SELECT 'service_receipts', [s.service_receipt],
       'service receipt ' || s.service_receipt, 'is of flow ' || s.production_flow || ', its job ' || s.job
       || ' of flow ' || r.production_flow, 'Correct the flow or the job'
FROM service_receipts s
JOIN kanban_jobs j ON j.job = s.job
JOIN kanbans k ON k.kanban = j.kanban
JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
WHERE r.production_flow <> s.production_flow
