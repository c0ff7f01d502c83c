-- Products calculated by route that involve subcontracting: a service in their lines, or in those of a component.
-- Source: contract 5 (calculate: refused with --activate); seed (the production flow calculation must be used).
-- Inputs: reported_structures, structure_breakdowns, version_lines. Key: table_name, problem.
WITH RECURSIVE lines AS (
    SELECT r.item, r.site, b.resource_type, b.resource
    FROM reported_structures r JOIN structure_breakdowns b ON b.structure = r.structure
    UNION ALL
    SELECT v.item, v.site, v.resource_type, v.resource
    FROM version_lines v
    ANTI JOIN reported_structures r ON r.item = v.item AND r.site = v.site
    WHERE v.made
),
involved AS (
    SELECT item, site, resource AS service FROM lines WHERE resource_type = 'service'
    UNION
    SELECT l.item, l.site, i.service
    FROM involved i JOIN lines l ON l.resource_type = 'item' AND l.resource = i.item AND l.site = i.site
)
SELECT 'routes' AS table_name,
       i.item || ' at site ' || i.site || ' involves the subcontracted service ' || i.service || ' and was calculated by route'
           AS problem,
       'Activate the calculation by production flow' AS remedy
FROM involved i
JOIN reported_structures r ON r.item = i.item AND r.site = i.site AND r.basis = 'route'
