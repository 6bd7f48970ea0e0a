SELECT id, job_namespace, job_name, event_type, started_at, ended_at, body::text
FROM lineage_runs
WHERE job_namespace = $1 AND job_name = $2
ORDER BY started_at DESC, id DESC
LIMIT $3
