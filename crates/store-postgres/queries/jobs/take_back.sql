UPDATE jobs
SET status = CASE WHEN stop_requested THEN 'cancelled' WHEN deadline <= $1 THEN 'missed' WHEN attempt >= attempts THEN 'failed'
        ELSE 'waiting' END,
    ended_at = CASE WHEN stop_requested OR coalesce(deadline, 'infinity') <= $1 OR attempt >= attempts THEN $1::timestamptz END,
    worker = NULL, lease_until = NULL, error_type = 'worker_lost',
    error_message = 'its worker gave no sign of life: it died, or could not reach the database'
WHERE status = 'running' AND lease_until < $1
RETURNING id, name, key, queue, parameters::text, match_id, due_at, deadline, exclusion, long, attempts, flow, step, needs::text, follows::text, status,
    attempt, worker, lease_until, stop_requested, enqueued_at, started_at, ended_at, error_type, error_message, result::text
