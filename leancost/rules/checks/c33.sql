-- C33 (warning): an item that is made, or is a phantom, without BOM.
-- Source: domain 1.7.
-- Inputs: kanban_rules, bom_lines, boms. Key: subject, problem.
WITH made AS (
    SELECT item FROM kanban_rules WHERE kanban_type = 'manufacturing'
    UNION SELECT component FROM bom_lines WHERE line_type = 'phantom'
)
SELECT 'boms' AS table_name, NULL AS key_parts,
       'item ' || m.item AS subject, 'is made but has no BOM' AS problem, 'Add its BOM' AS remedy
FROM made m WHERE NOT EXISTS (SELECT 1 FROM boms b WHERE b.item = m.item)
