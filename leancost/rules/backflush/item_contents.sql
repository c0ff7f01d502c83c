-- What one unit of an exploded item consists of: the items issued to the flow and the semi-finished items on the way.
-- quantity (components per unit) = product of the net per-unit quantities along the path: no scrap, constant or vendor lines.
-- Source: contract 4 (content, exploded net by the BOM valid on its received date); domain 2.2 step 1, 5 #8.
-- Decision: D20.
-- Inputs: unit_contents, bom_periods, bom_lines, per_unit_quantities, in_flow_items, items.
-- Key: production_flow, root, content_date, path.
WITH RECURSIVE opened AS (
    SELECT DISTINCT production_flow, site, content_date, item AS root, item, TRUE AS is_opened, TRUE AS is_semi_finished,
           CAST(1 AS DECIMAL(23, 15)) AS quantity, '' AS path
    FROM unit_contents
    WHERE is_exploded
    UNION ALL
    SELECT o.production_flow, o.site, o.content_date, o.root, l.component, s.item IS NOT NULL OR l.line_type = 'phantom',
           s.item IS NOT NULL, CAST(o.quantity * q.quotient AS DECIMAL(23, 15)), o.path || '/' || l.bom || '/' || l.line
    FROM opened o
    JOIN bom_periods b
        ON b.item = o.item AND b.site = o.site AND o.content_date BETWEEN b.valid_from AND b.valid_to
    JOIN bom_lines l ON l.bom = b.bom AND l.line_type <> 'vendor' AND l.consumption = 'variable'
    JOIN per_unit_quantities q ON q.purpose = 'bom_line_net' AND q.owner = l.bom AND q.line = l.line
    JOIN items i ON i.item = l.component AND i.item_type = 'item'
    LEFT JOIN in_flow_items s ON s.production_flow = o.production_flow AND s.item = l.component
    WHERE o.is_opened
)
SELECT production_flow, root, content_date, item, is_opened, is_semi_finished, quantity, path FROM opened
