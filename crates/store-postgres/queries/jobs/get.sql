SELECT id, name, key, queue, parameters::text, match_id, due_at, deadline, exclusion, long, attempts, flow, step, needs::text, follows::text, status,
    attempt, worker, lease_until, stop_requested, enqueued_at, started_at, ended_at, error_type, error_message, result::text
FROM jobs
WHERE id = $1
