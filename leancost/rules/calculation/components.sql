-- The components of every structure: flattened into their own lines, or priced as they are.
-- By flow an item made in the same flow without inventory control is flattened, a phantom always, by the flow's rule, by a
-- route or by its BOM alone; vendor lines count by route only (production_flow empty).
-- Source: contract 2 (bom_lines), 4, 6; domain 1.7. Decision: D31.
-- Inputs: structures, bom_lines, uncontrolled_items, items.
-- Key: structure, line.
SELECT s.structure, s.item, s.site, s.bom, l.line, l.component, i.item_type,
       u.item IS NOT NULL OR l.line_type = 'phantom' AS is_flattened,
       COALESCE(f.structure, r.structure, p.structure) AS flattened_structure
FROM structures s
JOIN bom_lines l ON l.bom = s.bom
JOIN items i ON i.item = l.component
LEFT JOIN uncontrolled_items u ON u.production_flow = s.production_flow AND u.item = l.component
LEFT JOIN structures f
    ON f.basis = 'production_flow' AND f.production_flow = s.production_flow AND f.item = l.component AND f.site = s.site
    AND f.rule_place = 1
LEFT JOIN structures r
    ON r.basis = 'route' AND s.production_flow IS NULL AND r.item = l.component AND r.site = s.site
LEFT JOIN structures p
    ON p.basis = 'phantom' AND COALESCE(p.production_flow, '') = COALESCE(s.production_flow, '')
    AND p.item = l.component AND p.site = s.site
WHERE l.line_type <> 'vendor' OR s.production_flow IS NULL
