UPDATE jobs
SET status = 'running', worker = ?1, lease_until = ?2, started_at = ?3, attempt = attempt + 1, stop_requested = 0
WHERE id IN (
    SELECT id FROM jobs
    WHERE status = 'waiting' AND long = ?4 AND due_at <= ?3 AND coalesce(deadline, 253402300799) > ?3 AND exclusion IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM jobs r WHERE r.status = 'running' AND r.exclusion = jobs.exclusion)
    ORDER BY coalesce(deadline, 253402300799), priority, due_at, id
    LIMIT 1
)
RETURNING id, name, key, queue, parameters, match_id, due_at, deadline, exclusion, long, attempts, flow, step, needs, follows, status,
    attempt, worker, lease_until, stop_requested, enqueued_at, started_at, ended_at, error_type, error_message, result
