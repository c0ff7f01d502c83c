-- Items a flow makes without inventory control: some manufacturing rule's last activity receives them into WIP.
-- Source: contract 4 (inventory controlled); domain 1.3. Decision: D9.
-- Inputs: rule_activities. Key: production_flow, item.
SELECT DISTINCT production_flow, item
FROM rule_activities
WHERE kanban_type = 'manufacturing' AND is_last AND NOT update_on_receipt
