-- The flows for which a run has posted, or has brought forward an opening: they stand in what the run before handed on.
-- Source: contract 3 (opening_wip: as long as no run has posted for the flow). Decision: D58.
-- Inputs: ledger_opening, kept_conversion.
-- Key: production_flow.
SELECT production_flow FROM ledger_opening
UNION
SELECT production_flow FROM kept_conversion
