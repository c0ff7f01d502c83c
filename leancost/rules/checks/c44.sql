-- C44 (error): a job completed before it was prepared, or with a negative quantity.
-- Source: contract 3.
-- Inputs: kanban_jobs, kanbans. Key: subject, problem.
SELECT 'kanban_jobs' AS table_name, [job] AS key_parts,
       'job ' || job AS subject, CASE WHEN completed_date < prepared_date THEN 'was completed on ' || completed_date
           || ', before it was prepared' ELSE 'has a negative quantity' END AS problem, 'Correct it' AS remedy
FROM kanban_jobs WHERE completed_date < prepared_date OR good_quantity < 0 OR error_quantity < 0
UNION ALL
SELECT 'kanbans', [kanban], 'kanban ' || kanban, 'has quantity ' || quantity, 'Give a quantity above 0' FROM kanbans WHERE quantity <= 0
