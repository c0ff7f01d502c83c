-- C06 (error): a service that is stocked.
-- Source: seed, subcontracted services.
-- Inputs: items, inventory_model_groups. Key: subject, problem.
SELECT 'items' AS table_name, [i.item] AS key_parts,
       'service ' || i.item AS subject, 'belongs to the stocked inventory model group ' || g.inventory_model_group AS problem,
       'Use a group with stocked_product no' AS remedy
FROM items i JOIN inventory_model_groups g ON g.inventory_model_group = i.inventory_model_group
WHERE i.item_type = 'service' AND g.stocked_product
