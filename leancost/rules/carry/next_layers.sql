-- The layers the next run brings forward: what stayed open, at the amount that stayed open.
-- Source: contract 4 (a layer brought forward enters with what was open); domain 5 #22. Inputs: settlements.
-- Key: production_flow, item, cost_group, transaction.
SELECT production_flow, item, cost_group, event, transaction, posting_date, open_quantity AS quantity,
       open_amount AS amount, unit_cost
FROM settlements
WHERE open_quantity <> 0
