-- Items a flow makes on the calculation date without inventory control: an active rule receives them into WIP.
-- Source: contract 4 (inventory controlled). Inputs: calculation, manufacturing_rules, activities. Key: production_flow, item.
SELECT DISTINCT r.production_flow, r.item
FROM manufacturing_rules r
JOIN activities a ON a.production_flow = r.production_flow AND a.activity = r.last_activity
CROSS JOIN calculation c
WHERE NOT a.update_on_receipt AND c.calculation_date BETWEEN r.first_day AND r.last_day
