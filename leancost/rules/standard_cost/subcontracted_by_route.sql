-- Products calculated by route that involve subcontracting: a vendor line or a service somewhere in their cost.
-- Source: contract 5 (calculate: refused with --activate); seed (the production flow calculation must be used).
-- Inputs: reported_structures, stored_lines. Key: item, site.
SELECT DISTINCT s.item, s.site, s.resource AS service
FROM stored_lines s
JOIN reported_structures r ON r.item = s.item AND r.site = s.site AND r.basis = 'route'
WHERE s.resource_type = 'service'
ORDER BY s.item, s.site, s.resource
