INSERT INTO jobs (name, key, queue, priority, parameters, match_id, due_at, deadline, exclusion, long, attempts, flow, step, needs, follows, status,
    enqueued_at, ended_at, error_type, error_message)
SELECT n.name, n.key, n.queue, n.priority, n.parameters::jsonb, n.match_id, n.due_at, n.deadline, n.exclusion, n.long, n.attempts, n.flow, n.step, n.needs::jsonb, n.follows::jsonb, n.status, n.enqueued_at, n.ended_at, n.error_type, n.error_message
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::boolean[], $11::bigint[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::timestamptz[], $18::timestamptz[], $19::text[], $20::text[])
    WITH ORDINALITY n (name, key, queue, priority, parameters, match_id, due_at, deadline, exclusion, long, attempts, flow, step, needs, follows, status,
    enqueued_at, ended_at, error_type, error_message, place)
ORDER BY n.place
ON CONFLICT (key) DO UPDATE
SET status = excluded.status, parameters = excluded.parameters, due_at = excluded.due_at, deadline = excluded.deadline,
    attempt = 0, enqueued_at = excluded.enqueued_at, started_at = NULL, ended_at = excluded.ended_at,
    error_type = excluded.error_type, error_message = excluded.error_message
-- What a person called off stays so.
WHERE jobs.status = 'cancelled' AND jobs.error_type = 'superseded'
