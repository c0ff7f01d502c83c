-- C03 (warning): several unblocked standard costing versions.
-- Source: contract 6.
-- Inputs: costing_versions. Key: subject, problem.
SELECT 'costing_versions' AS table_name, NULL AS key_parts,
       string_agg(costing_version, ', ' ORDER BY costing_version) AS subject,
       'are all unblocked standard versions: calculate must name one' AS problem, 'Block those that are not in use' AS remedy
FROM costing_versions WHERE costing_type = 'standard' AND NOT blocked
HAVING count(*) > 1
