-- Which BOM of an item holds at a site, from which day to which.
-- A BOM of the site beats one for all sites, then the latest effective_from, then the BOM's name.
-- Source: contract 2 (effective dates inclusive, empty = open); domain 5 #8.
-- Inputs: production_flows, boms. Key: item, site, valid_from.
WITH sites_of_flows AS (SELECT DISTINCT site FROM production_flows),
candidates AS (
    SELECT b.item, s.site, b.bom, CASE WHEN b.site IS NULL THEN 1 ELSE 0 END AS site_rank,
           begins(b.effective_from) AS first_day,
           COALESCE(b.effective_to, DATE '9999-12-30') AS last_day
    FROM boms b JOIN sites_of_flows s ON b.site IS NULL OR b.site = s.site
),
days AS (
    SELECT item, site, first_day AS valid_from FROM candidates
    UNION
    SELECT item, site, last_day + 1 FROM candidates
),
ranked AS (
    SELECT d.item, d.site, d.valid_from, c.bom,
           row_number() OVER (
               PARTITION BY d.item, d.site, d.valid_from ORDER BY c.site_rank, c.first_day DESC, c.bom) AS place
    FROM days d
    LEFT JOIN candidates c
        ON c.item = d.item AND c.site = d.site AND d.valid_from BETWEEN c.first_day AND c.last_day
),
periods AS (
    SELECT item, site, valid_from, bom,
           ends(lead(valid_from) OVER (PARTITION BY item, site ORDER BY valid_from) - 1) AS valid_to
    FROM ranked
    WHERE place = 1
)
SELECT item, site, valid_from, valid_to, bom
FROM periods
WHERE bom IS NOT NULL
ORDER BY item, site, valid_from
