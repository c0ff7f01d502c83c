-- C81 (warning): events that no run will ever read, as they are dated on or before the go-live of their flow.
-- Source: contract 3 (opening_wip: events of a flow dated on or before its go-live are not posted). Decision: D62.
-- Inputs: unread_events. Key: subject, problem.
SELECT table_name, [first_event] AS key_parts,
       'flow ' || production_flow AS subject,
       'has ' || told || ', on or before its go-live ' || go_live || ': no run reads them' AS problem,
       CASE WHEN is_of_others THEN 'Give the flows that go live later a production_flows.go_live of their own, or correct the dates'
            ELSE 'Correct their dates, or leave them out: the opening balance stands for them' END AS remedy
FROM unread_events
WHERE reason = 'history'
