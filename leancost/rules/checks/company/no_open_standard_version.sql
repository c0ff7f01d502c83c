-- C02 (error): no unblocked standard costing version.
-- Source: domain 5 #47.
-- Inputs: costing_versions. Key: subject, problem.
SELECT 'costing_versions' AS table_name, NULL AS key_parts,
       'the book' AS subject, 'has no unblocked costing version of type standard' AS problem, 'Add one or unblock one' AS remedy
WHERE NOT EXISTS (SELECT 1 FROM costing_versions WHERE costing_type = 'standard' AND NOT blocked)
