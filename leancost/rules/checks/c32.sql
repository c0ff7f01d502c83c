-- C32 (error): a BOM line whose type does not fit its component.
-- Source: contract 2.
-- Inputs: bom_lines, items. Key: subject, problem.
SELECT 'BOM ' || l.bom || ' line ' || l.line AS subject, 'is of type ' || l.line_type || ' but ' || l.component || ' is a '
       || i.item_type AS problem, 'Use vendor for services, item or phantom for items' AS remedy
FROM bom_lines l JOIN items i ON i.item = l.component
WHERE (l.line_type = 'vendor') <> (i.item_type = 'service')
