SELECT id, name, key, queue, parameters, match_id, due_at, deadline, exclusion, long, attempts, flow, step, needs, follows, status,
    attempt, worker, lease_until, stop_requested, enqueued_at, started_at, ended_at, error_type, error_message, result
FROM jobs
WHERE id = ?1
