-- C82 (warning): events that no run will ever read, as they are dated after any plausible end.
-- In the year 2100 or later, or after more than 366 days without any date, those before being half of all or more.
-- Source: contract 3 (all events are facts); domain 5 #20 (no run of the future). Decision: D61.
-- Inputs: unread_events.
-- Key: subject, problem.
SELECT table_name, [first_event] AS key_parts,
       'flow ' || production_flow AS subject,
       'has ' || told || ', more than a year after all others: no run will read them' AS problem,
       'Correct their dates; leave a date empty of what has not happened' AS remedy
FROM unread_events
WHERE reason = 'future'
