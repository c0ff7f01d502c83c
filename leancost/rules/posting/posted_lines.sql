-- The own lines of every event of the period; the foreman adds the indirect lines node by node.
-- Source: contract 4 (what the events post to WIP). Inputs: material_lines, conversion_lines, service_lines, receipt_lines,
-- revaluation_lines. Key: event, production_flow, transaction_type, resource_type, resource, cost_group.
SELECT event, posting_date, production_flow, site, item, rate_item, transaction_type, resource_type, resource, cost_group,
       quantity, unit_cost, amount, exact_amount, made, CAST(0 AS BIGINT) AS place
FROM (
    SELECT * FROM material_lines
    UNION ALL SELECT * FROM conversion_lines
    UNION ALL SELECT * FROM service_lines
    UNION ALL SELECT * FROM revaluation_lines
    UNION ALL
    SELECT event, posting_date, production_flow, site, item, rate_item, transaction_type, resource_type, resource,
           cost_group, quantity, unit_cost, amount, exact_amount, made
    FROM receipt_lines) AS own_lines
