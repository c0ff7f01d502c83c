-- C42 (error): two jobs of one kanban and activity.
-- Source: domain 1.4.
-- Inputs: kanban_jobs. Key: subject, problem.
SELECT 'kanban_jobs' AS table_name, [max(job)] AS key_parts,
       'kanban ' || kanban AS subject, 'has several jobs of activity ' || activity || ': '
       || string_agg(job, ', ' ORDER BY job) AS problem, 'Keep one job per activity' AS remedy
FROM kanban_jobs GROUP BY kanban, activity HAVING count(*) > 1
