-- The mirror of every journal line of the runs taken back: sides exchanged, at the original amounts.
-- debit = original credit, credit = original debit (currency); dated like the original, a day that is open again.
-- Source: domain 5 #11, #21; contract 5 (reverse). Decision: D36.
-- Inputs: reversed_journal. Key: voucher, line.
SELECT 'reversal of run ' || CAST(run AS VARCHAR) || ': ' || voucher AS voucher, line, posting_date, production_flow,
       posting_type, main_account, cost_group, resource, credit AS debit, debit AS credit, currency,
       'reversal: ' || text AS text
FROM reversed_journal
