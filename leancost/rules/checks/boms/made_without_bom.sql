-- C33 (warning): an item that is made, or is a phantom, without BOM, or without one to the end of its rule.
-- Source: domain 1.7. Decisions: D48, D49.
-- Inputs: kanban_rules, production_flows, bom_lines, boms. Key: subject, problem.
WITH made AS (
    SELECT item FROM kanban_rules WHERE kanban_type = 'manufacturing'
    UNION SELECT component FROM bom_lines WHERE line_type = 'phantom'
)
SELECT 'boms' AS table_name, NULL AS key_parts,
       'item ' || m.item AS subject, 'is made but has no BOM' AS problem, 'Add its BOM' AS remedy,
       CAST(NULL AS VARCHAR) AS production_flow
FROM made m WHERE NOT EXISTS (SELECT 1 FROM boms b WHERE b.item = m.item)
UNION ALL
SELECT 'boms', NULL,
       'item ' || r.item, 'has a BOM, but none at site ' || f.site || ' that holds '
           || COALESCE('on ' || r.effective_to || ', the last day of rule ' || r.kanban_rule,
                       'as long as rule ' || r.kanban_rule || ', which has no end'),
       'Correct site and dates of its BOMs, or end the rule', r.production_flow
FROM kanban_rules r JOIN production_flows f ON f.production_flow = r.production_flow
WHERE r.kanban_type = 'manufacturing'
    AND EXISTS (SELECT 1 FROM boms b WHERE b.item = r.item)
    AND NOT EXISTS (
        SELECT 1 FROM boms b
        WHERE b.item = r.item AND (b.site IS NULL OR b.site = f.site)
            AND ends(r.effective_to) BETWEEN begins(b.effective_from)
                AND ends(b.effective_to))
