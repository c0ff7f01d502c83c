-- C11 (warning): set-up or quantity cost category on a work cell.
-- Source: seed, cost category.
-- Inputs: resource_groups. Key: subject, problem.
SELECT 'resource_groups' AS table_name, [resource_group] AS key_parts,
       'work cell ' || resource_group AS subject, 'has a set-up or quantity cost category, which lean costing ignores' AS problem,
       'Leave it out to avoid systematic variances against a calculation by route' AS remedy
FROM resource_groups
WHERE is_work_cell AND (setup_cost_category IS NOT NULL OR quantity_cost_category IS NOT NULL)
