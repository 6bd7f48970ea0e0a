WITH e AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::timestamptz[], $7::timestamptz[], $8::text[], $9::text[], $10::text[])
        e (id, worker, attempt, status, counted, due_at, at, error_type, error_message, result)
)
UPDATE jobs
SET status = CASE WHEN e.status = 'waiting' AND jobs.stop_requested THEN 'cancelled' ELSE e.status END,
    attempt = e.counted, worker = NULL, lease_until = NULL, due_at = coalesce(e.due_at, jobs.due_at),
    ended_at = CASE WHEN e.status = 'waiting' AND NOT jobs.stop_requested THEN NULL ELSE e.at END,
    error_type = e.error_type, error_message = e.error_message, result = e.result::jsonb
FROM e
WHERE jobs.id = e.id AND jobs.worker = e.worker AND jobs.attempt = e.attempt AND jobs.status = 'running'
