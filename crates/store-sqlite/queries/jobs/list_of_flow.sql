SELECT id, name, key, queue, parameters, match_id, due_at, deadline, exclusion, long, attempts, flow, step, needs, follows, status,
    attempt, worker, lease_until, stop_requested, enqueued_at, started_at, ended_at, error_type, error_message, result
FROM jobs INDEXED BY idx_jobs_flow
WHERE flow = ?4 AND (?1 = '[]' OR status IN (SELECT value FROM json_each(?1))) AND (?2 IS NULL OR name = ?2)
    AND (?3 IS NULL OR queue = ?3) AND (?5 IS NULL OR match_id = ?5) AND (?6 IS NULL OR id < ?6)
ORDER BY id DESC
LIMIT ?7
