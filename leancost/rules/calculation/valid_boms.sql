-- The BOM of every item at every site on the calculation date.
-- A BOM of the site beats one for all sites, then the latest effective_from, then the BOM's name.
-- Source: contract 2 (effective dates), domain 1.6. Inputs: calculation, boms, sites. Key: item, site.
WITH ranked AS (
    SELECT b.item, s.site, b.bom,
           row_number() OVER (
               PARTITION BY b.item, s.site
               ORDER BY CASE WHEN b.site IS NULL THEN 1 ELSE 0 END,
                        begins(b.effective_from) DESC, b.bom) AS place
    FROM boms b
    JOIN sites s ON b.site IS NULL OR b.site = s.site
    CROSS JOIN calculation c
    WHERE c.calculation_date BETWEEN begins(b.effective_from)
                                 AND ends(b.effective_to)
)
SELECT item, site, bom FROM ranked WHERE place = 1
