-- What one unit of a component costs in each cost group by its price record.
-- unit_cost (currency per unit) = sum of the breakdown's cost in the group.
-- Source: contract 2 (item_price_breakdown), 6 (one line per cost group of its own cost). Inputs: version_lines.
-- Key: item, site, cost_group.
SELECT item, site, cost_group, made, lent_by, CAST(sum(cost) AS DECIMAL(18, 6)) AS unit_cost
FROM version_lines
GROUP BY item, site, cost_group, made, lent_by
