-- Items a flow makes on the calculation date without inventory control: an active rule receives them into WIP.
-- Source: contract 4 (inventory controlled). Inputs: calculation, kanban_rules, activities. Key: production_flow, item.
SELECT DISTINCT r.production_flow, r.item
FROM kanban_rules r
JOIN activities a ON a.production_flow = r.production_flow AND a.activity = r.last_activity
CROSS JOIN calculation c
WHERE r.kanban_type = 'manufacturing' AND NOT a.update_on_receipt
    AND c.calculation_date BETWEEN COALESCE(r.effective_from, DATE '0001-01-01')
                               AND COALESCE(r.effective_to, DATE '9999-12-31')
