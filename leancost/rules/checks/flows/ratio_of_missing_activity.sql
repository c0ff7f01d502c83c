-- C67 (error): a throughput ratio of an activity that its flow does not have: it would count for nothing.
-- Source: contract 2 (activity_ratios). Inputs: activity_ratios, activities. Key: subject, problem.
SELECT 'activity_ratios' AS table_name, [r.production_flow, r.activity, r.item] AS key_parts,
       'ratio ' || r.production_flow || '/' || r.activity || '/' || r.item AS subject,
       'is of no activity of the flow: it would count for nothing' AS problem, 'Name an activity of the flow' AS remedy,
       r.production_flow
FROM activity_ratios r
ANTI JOIN activities a ON a.production_flow = r.production_flow AND a.activity = r.activity
