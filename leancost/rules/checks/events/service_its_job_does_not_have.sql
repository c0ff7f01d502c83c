-- C72 (warning): a service receipt for a job whose activity has no service, or another one.
-- Source: contract 3 (service_receipts), 2 (activities.service_item); domain 2.1 E14. Decision: D101.
-- Inputs: service_receipts, kanban_jobs, kanbans, kanban_rules, activities. Key: subject, problem.
SELECT 'service_receipts' AS table_name, [s.service_receipt] AS key_parts,
       'service receipt ' || s.service_receipt AS subject,
       'is of ' || s.service_item || ', but activity ' || a.activity || ' of its job ' || s.job || ' has '
           || COALESCE('service ' || a.service_item, 'no service') AS problem,
       'Correct the service or the job, or accept it' AS remedy, s.production_flow, s.posting_date AS day
FROM service_receipts s
JOIN kanban_jobs j ON j.job = s.job
JOIN kanbans k ON k.kanban = j.kanban
JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
JOIN activities a ON a.production_flow = r.production_flow AND a.activity = j.activity
WHERE a.service_item IS DISTINCT FROM s.service_item
