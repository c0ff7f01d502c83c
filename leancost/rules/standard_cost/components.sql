-- The components of every structure: flattened into their own lines, or priced as they are.
-- By flow an item made in the same flow without inventory control is flattened, a phantom always; vendor lines count by
-- route only. Source: contract 4, 6; domain 1.7. Inputs: structures, bom_lines, uncontrolled_items, items.
-- Key: structure, line.
SELECT s.structure, s.item, s.site, s.bom, l.line, l.component, i.item_type, l.consumption, l.line_type,
       COALESCE(f.structure, r.structure, p.structure) AS flattened_structure,
       u.item IS NOT NULL OR l.line_type = 'phantom' AS is_flattened
FROM structures s
JOIN bom_lines l ON l.bom = s.bom
JOIN items i ON i.item = l.component
LEFT JOIN uncontrolled_items u ON u.production_flow = s.production_flow AND u.item = l.component
LEFT JOIN structures f
    ON f.basis = 'production_flow' AND f.production_flow = s.production_flow AND f.item = l.component AND f.site = s.site
    AND (u.item IS NOT NULL OR l.line_type = 'phantom')
LEFT JOIN structures r
    ON r.basis = 'route' AND s.basis <> 'production_flow' AND r.item = l.component AND r.site = s.site
    AND l.line_type = 'phantom'
LEFT JOIN structures p
    ON p.basis = 'phantom' AND p.item = l.component AND p.site = s.site AND l.line_type = 'phantom'
WHERE l.line_type <> 'vendor' OR s.basis = 'route'
