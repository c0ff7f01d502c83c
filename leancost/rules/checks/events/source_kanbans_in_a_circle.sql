-- C68 (error): a kanban that is its own source kanban, or comes back to itself by those of its source kanbans.
-- Where its emptied date follows from the source, it would follow from itself.
-- Source: contract 3 (source_kanban: the parent an event kanban was created for; dates that follow from others).
-- Decision: D101.
-- Inputs: kanbans, kanban_rules. Key: subject, problem.
WITH RECURSIVE links AS (
    SELECT k.kanban, k.source_kanban
    FROM kanbans k JOIN kanbans s ON s.kanban = k.source_kanban AND s.source_kanban IS NOT NULL
),
ancestors AS (
    SELECT kanban, source_kanban FROM links
    UNION
    SELECT a.kanban, l.source_kanban FROM ancestors a JOIN links l ON l.kanban = a.source_kanban
)
SELECT 'kanbans' AS table_name, [k.kanban] AS key_parts,
       'kanban ' || k.kanban AS subject, CASE WHEN k.source_kanban = k.kanban THEN 'is its own source kanban'
           ELSE 'was created for ' || k.source_kanban || ', whose own source kanbans lead back to it' END AS problem,
       'Name the kanban it was created for, or leave it empty' AS remedy, r.production_flow,
       COALESCE(k.received_date, k.assigned_date) AS day
FROM ancestors a
JOIN kanbans k ON k.kanban = a.kanban
JOIN kanban_rules r ON r.kanban_rule = k.kanban_rule
WHERE a.source_kanban = a.kanban
