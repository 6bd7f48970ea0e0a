SELECT kind, count(*) FROM outbox WHERE job_id = ?1 GROUP BY kind ORDER BY kind
