-- WIP before and after the run by value stream.
-- amounts (currency) = sums of wip_balances over the flows of the value stream.
-- Source: contract 2 (production_flows.value_stream), 6 (wip_balances). Inputs: wip_balances, production_flows.
-- Key: value_stream.
SELECT COALESCE(f.value_stream, '') AS value_stream, CAST(sum(b.before) AS DECIMAL(18, 3)) AS before,
       CAST(sum(b.variance) AS DECIMAL(18, 3)) AS variance, CAST(sum(b.after) AS DECIMAL(18, 3)) AS after
FROM wip_balances b
JOIN production_flows f ON f.production_flow = b.production_flow
GROUP BY COALESCE(f.value_stream, '')
