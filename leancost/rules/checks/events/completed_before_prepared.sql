-- C44 (error): a job completed before it was prepared. Quantities of events that cannot be are those of tables.csv.
-- Source: contract 3.
-- Inputs: kanban_jobs. Key: subject, problem.
SELECT 'kanban_jobs' AS table_name, [job] AS key_parts,
       'job ' || job AS subject, 'was completed on ' || completed_date || ', before it was prepared' AS problem,
       'Correct it' AS remedy
FROM kanban_jobs WHERE completed_date < prepared_date
