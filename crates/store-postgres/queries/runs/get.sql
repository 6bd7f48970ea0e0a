SELECT id, job_namespace, job_name, event_type, started_at, ended_at, body::text
FROM lineage_runs
WHERE id = $1
