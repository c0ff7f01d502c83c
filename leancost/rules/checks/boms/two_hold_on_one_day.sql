-- C31 (warning): two BOMs or routes of an item that hold on the same day.
-- Source: contract 2.
-- Inputs: boms, routes. Key: subject, problem.
WITH versions AS (
    SELECT 'boms' AS table_name, 'BOM' AS kind, bom AS name, item, site, effective_from, effective_to FROM boms
    UNION ALL SELECT 'routes', 'route', route, item, site, effective_from, effective_to FROM routes
)
SELECT a.table_name, [CASE WHEN begins(a.effective_from) > begins(b.effective_from)
           THEN b.name ELSE a.name END] AS key_parts,
       a.kind || 's ' || a.name || ' and ' || b.name || ' of ' || a.item AS subject,
       'hold on the same day: the one that begins later is taken' AS problem, 'End the older one' AS remedy
FROM versions a
JOIN versions b
    ON b.kind = a.kind AND b.item = a.item AND COALESCE(b.site, '') = COALESCE(a.site, '') AND b.name > a.name
WHERE begins(a.effective_from) <= ends(b.effective_to)
    AND begins(b.effective_from) <= ends(a.effective_to)
