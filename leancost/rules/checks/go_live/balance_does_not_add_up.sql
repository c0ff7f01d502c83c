-- C47 (error): a go-live balance that does not add up.
-- Source: contract 3.
-- Inputs: opening_wip, check_settings. Key: subject, problem.
SELECT 'opening_wip' AS table_name,
       [production_flow, resource_type, resource, cost_group, CAST(posting_date AS VARCHAR)] AS key_parts,
       production_flow || '/' || resource_type || '/' || resource || '/' || cost_group || '/' || posting_date AS subject,
       'has amount ' || amount || ', not quantity x unit cost rounded' AS problem, 'Correct quantity, unit cost or amount' AS remedy
FROM opening_wip CROSS JOIN check_settings s
WHERE amount <> money(CAST(quantity AS DECIMAL(19, 6)) * unit_cost, s.minor_units, s.minor_unit)
UNION ALL
SELECT 'opening_wip', max([production_flow, resource_type, resource, cost_group, CAST(posting_date AS VARCHAR)]),
       production_flow || '/' || resource || '/' || posting_date, 'has different quantities in its cost groups',
       'Give the quantity of the item in each'
FROM opening_wip WHERE resource_type = 'item'
GROUP BY production_flow, resource, posting_date HAVING count(DISTINCT quantity) > 1
