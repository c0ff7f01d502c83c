-- C32 (error): a BOM line whose type does not fit its component.
-- Source: contract 2.
-- Inputs: bom_lines, items. Key: subject, problem.
SELECT 'bom_lines' AS table_name, [l.bom, l.line] AS key_parts,
       'BOM ' || l.bom || ' line ' || l.line AS subject, 'is of type ' || l.line_type || ' but ' || l.component
           || CASE i.item_type WHEN 'item' THEN ' is an item' ELSE ' is a service' END AS problem,
       'Use vendor for services, item or phantom for items' AS remedy
FROM bom_lines l JOIN items i ON i.item = l.component
WHERE (l.line_type = 'vendor') <> (i.item_type = 'service')
