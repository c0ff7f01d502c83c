-- The period's WIP transactions, numbered within their event.
-- An event's own lines by cost group, resource, resource type and transaction type, then indirect lines in the sheet's
-- order; lines that move neither quantity nor amount are left out.
-- Source: contract 6 (wip_transactions). Decisions: D1, D18.
-- Inputs: posted_lines. Key: transaction.
WITH kept AS (
    SELECT * FROM posted_lines WHERE quantity IS NULL OR quantity <> 0 OR amount <> 0
),
numbered AS (
    SELECT *,
           row_number() OVER (
               PARTITION BY event
               ORDER BY place, cost_group, resource, resource_type, transaction_type, production_flow) AS line,
           count(*) OVER (PARTITION BY event) AS event_lines
    FROM kept
)
SELECT CASE WHEN event_lines = 1 THEN event
            WHEN line < 10 THEN event || '#0' || CAST(line AS VARCHAR)
            ELSE event || '#' || CAST(line AS VARCHAR) END AS transaction,
       event, line, production_flow, posting_date, transaction_type, item, resource_type, resource, cost_group, quantity,
       unit_cost, amount, exact_amount
FROM numbered
