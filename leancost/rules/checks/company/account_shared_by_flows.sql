-- C16 (warning): a WIP account shared by several flows.
-- Source: seed, WIP accounts.
-- Inputs: production_flows. Key: subject, problem.
SELECT 'production_groups' AS table_name, [production_group] AS key_parts,
       'production group ' || production_group AS subject, 'gives its WIP account to several flows: '
       || string_agg(production_flow, ', ' ORDER BY production_flow) AS problem,
       'Use one production group and WIP account per flow, so that the ledger shows each flow' AS remedy
FROM production_flows GROUP BY production_group HAVING count(*) > 1
