-- C80 (error): a go-live balance dated after the go-live of its flow.
-- Source: contract 2 (production_flows.go_live: the last day of its history), 3 (opening_wip).
-- Inputs: opening_wip, production_flows. Key: subject, problem.
SELECT 'opening_wip' AS table_name,
       [o.production_flow, o.resource_type, o.resource, o.cost_group, CAST(o.posting_date AS VARCHAR)] AS key_parts,
       o.production_flow || '/' || o.resource_type || '/' || o.resource || '/' || o.cost_group || '/' || o.posting_date
           AS subject,
       'is dated after ' || f.go_live || ', the go-live of flow ' || f.production_flow AS problem,
       'Correct its date, or production_flows.go_live' AS remedy
FROM opening_wip o JOIN production_flows f ON f.production_flow = o.production_flow
WHERE o.posting_date > f.go_live
