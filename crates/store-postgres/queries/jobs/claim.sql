WITH next AS MATERIALIZED (
    SELECT id FROM jobs
    WHERE status = 'waiting' AND long = $4 AND due_at <= $3 AND coalesce(deadline, 'infinity') > $3 AND exclusion IS NULL
    ORDER BY coalesce(deadline, 'infinity'), priority, due_at, id
    LIMIT $5
    FOR UPDATE SKIP LOCKED
)
UPDATE jobs
SET status = 'running', worker = $1, lease_until = $2, started_at = $3, attempt = attempt + 1, stop_requested = false
WHERE id IN (SELECT id FROM next)
RETURNING id, name, key, queue, parameters::text, match_id, due_at, deadline, exclusion, long, attempts, flow, step, needs::text, follows::text, status,
    attempt, worker, lease_until, stop_requested, enqueued_at, started_at, ended_at, error_type, error_message, result::text
