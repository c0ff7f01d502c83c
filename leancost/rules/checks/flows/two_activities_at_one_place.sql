-- C66 (warning): two activities of a flow at the same place: a rule that holds one of them holds both.
-- Source: contract 4 (a rule's activities are those whose sequence lies from its first to its last activity).
-- Inputs: activities. Key: subject, problem.
SELECT 'activities' AS table_name, [production_flow, max(activity)] AS key_parts,
       'flow ' || production_flow AS subject, 'has several activities of sequence ' || sequence || ': '
           || string_agg(activity, ', ' ORDER BY activity) || '; a rule that does one of them does all' AS problem,
       'Give each a place of its own, or accept it' AS remedy, production_flow
FROM activities
GROUP BY production_flow, sequence
HAVING count(*) > 1
