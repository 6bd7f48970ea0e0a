-- What is told late that a run has begun does not take back that it has ended.
INSERT INTO lineage_runs (id, job_namespace, job_name, event_type, started_at, ended_at, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (id) DO UPDATE SET
    event_type = CASE WHEN excluded.event_type = 'START' THEN lineage_runs.event_type ELSE excluded.event_type END,
    body = CASE WHEN excluded.event_type = 'START' THEN lineage_runs.body ELSE excluded.body END,
    started_at = min(lineage_runs.started_at, excluded.started_at),
    ended_at = coalesce(excluded.ended_at, lineage_runs.ended_at)
