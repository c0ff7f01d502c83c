-- C12 (warning): a WIP account on a resource group.
-- Source: seed, cost category.
-- Inputs: resource_groups. Key: subject, problem.
SELECT 'resource_groups' AS table_name, [resource_group] AS key_parts,
       'resource group ' || resource_group AS subject, 'has WIP account ' || wip_account || ', which backflush costing ignores'
       AS problem, 'Set the WIP account in the production group' AS remedy
FROM resource_groups WHERE wip_account IS NOT NULL
