-- The route of every item at every site on the calculation date.
-- A route of the site beats one for all sites, then the latest effective_from, then the route's name.
-- Source: contract 2 (effective dates), domain 1.6. Inputs: calculation, routes, sites. Key: item, site.
WITH ranked AS (
    SELECT r.item, s.site, r.route,
           row_number() OVER (
               PARTITION BY r.item, s.site
               ORDER BY CASE WHEN r.site IS NULL THEN 1 ELSE 0 END,
                        begins(r.effective_from) DESC, r.route) AS place
    FROM routes r
    JOIN sites s ON r.site IS NULL OR r.site = s.site
    CROSS JOIN calculation c
    WHERE c.calculation_date BETWEEN begins(r.effective_from)
                                 AND ends(r.effective_to)
)
SELECT item, site, route FROM ranked WHERE place = 1
