-- Components, services and hours of the structures to be calculated that no version prices.
-- Source: contract 5 (exit status), domain 1.7 (warnings). Inputs: needed_structures, components, structure_hours,
-- structures, reported_structures, version_prices, version_hourly_rates, kanban_rules, activities.
-- Key: resource_type, resource, site, needed_by.
WITH services AS (
    SELECT s.structure, s.item, s.site, a.service_item
    FROM structures s
    JOIN kanban_rules r ON r.kanban_rule = s.kanban_rule
    JOIN activities first_one ON first_one.production_flow = s.production_flow AND first_one.activity = r.first_activity
    JOIN activities last_one ON last_one.production_flow = s.production_flow AND last_one.activity = r.last_activity
    JOIN activities a
        ON a.production_flow = s.production_flow AND a.sequence BETWEEN first_one.sequence AND last_one.sequence
    WHERE a.service_item IS NOT NULL
)
SELECT 'item' AS resource_type, c.component AS resource, c.site, c.item AS needed_by
FROM components c
JOIN needed_structures n ON n.structure = c.structure
LEFT JOIN reported_structures r ON r.item = c.component AND r.site = c.site
LEFT JOIN version_prices p ON p.item = c.component AND p.site = c.site
WHERE NOT c.is_flattened AND r.item IS NULL AND p.item IS NULL
UNION
SELECT 'item', v.service_item, v.site, v.item
FROM services v
JOIN needed_structures n ON n.structure = v.structure
LEFT JOIN version_prices p ON p.item = v.service_item AND p.site = v.site
WHERE p.item IS NULL
UNION
SELECT 'bom', c.component, c.site, c.item
FROM components c
JOIN needed_structures n ON n.structure = c.structure
WHERE c.is_flattened AND c.flattened_structure IS NULL
UNION
SELECT 'cost_category', h.cost_category, s.site, s.item
FROM structure_hours h
JOIN needed_structures n ON n.structure = h.structure
JOIN structures s ON s.structure = h.structure
LEFT JOIN version_hourly_rates r ON r.cost_category = h.cost_category AND r.site = s.site
WHERE r.cost_category IS NULL
ORDER BY 1, 2, 3, 4
