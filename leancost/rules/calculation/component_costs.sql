-- What one unit of a priced component costs per cost group: as calculated in this run, else by its price record.
-- Source: contract 6 (standard_cost_breakdown). Inputs: calculated_costs_by_group, version_costs_by_group.
-- Key: item, site, cost_group.
SELECT item, site, cost_group, unit_cost, TRUE AS made, CAST(NULL AS VARCHAR) AS lent_by FROM calculated_costs_by_group
UNION ALL
SELECT v.item, v.site, v.cost_group, v.unit_cost, v.made, v.lent_by
FROM version_costs_by_group v
ANTI JOIN calculated_costs_by_group c ON c.item = v.item AND c.site = v.site
