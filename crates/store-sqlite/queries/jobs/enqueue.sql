INSERT INTO jobs (name, key, queue, priority, parameters, match_id, due_at, deadline, exclusion, long, attempts, flow, step, needs, follows, status,
    enqueued_at, ended_at, error_type, error_message)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
ON CONFLICT (key) DO UPDATE
SET status = excluded.status, parameters = excluded.parameters, due_at = excluded.due_at, deadline = excluded.deadline,
    attempt = 0, enqueued_at = excluded.enqueued_at, started_at = NULL, ended_at = excluded.ended_at,
    error_type = excluded.error_type, error_message = excluded.error_message
-- What a person called off stays so.
WHERE jobs.status = 'cancelled' AND jobs.error_type = 'superseded'
