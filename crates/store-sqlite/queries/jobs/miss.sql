UPDATE jobs
SET status = 'missed', ended_at = ?1, error_type = 'missed', error_message = 'its deadline passed before it was done'
WHERE status IN ('blocked', 'waiting') AND deadline <= ?1
RETURNING id, name, key, queue, parameters, match_id, due_at, deadline, exclusion, long, attempts, flow, step, needs, follows, status,
    attempt, worker, lease_until, stop_requested, enqueued_at, started_at, ended_at, error_type, error_message, result
