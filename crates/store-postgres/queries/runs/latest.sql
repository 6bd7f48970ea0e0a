SELECT r.id, r.job_namespace, r.job_name, r.event_type, r.started_at, r.ended_at, r.body::text
FROM lineage_nodes n
JOIN lineage_runs r ON r.id = (
    SELECT l.id FROM lineage_runs l
    WHERE l.job_namespace = n.namespace AND l.job_name = n.name
    ORDER BY l.started_at DESC, l.id DESC
    LIMIT 1)
WHERE n.kind = 'job'
ORDER BY n.namespace, n.name
