-- What the lines of an event before each of its lines come to, unrounded: the start of the running sum that spreads a total.
-- earlier_amount (currency) = sum of quantity x unit cost over the event's own lines before this one.
-- Source: contract 1 (a total that is split over lines). Inputs: material_lines, receipt_lines.
-- Key: event, resource_type, resource, cost_group.
SELECT event, resource_type, resource, cost_group,
       sum(exact_amount) OVER (PARTITION BY event ORDER BY cost_group ROWS UNBOUNDED PRECEDING) - exact_amount
           AS earlier_amount,
       row_number() OVER (PARTITION BY event ORDER BY cost_group) AS place
FROM material_lines
UNION ALL
SELECT event, resource_type, resource, cost_group,
       sum(exact_amount) OVER (
           PARTITION BY event ORDER BY cost_group, resource, resource_type ROWS UNBOUNDED PRECEDING) - exact_amount,
       row_number() OVER (PARTITION BY event ORDER BY cost_group, resource, resource_type)
FROM receipt_lines
