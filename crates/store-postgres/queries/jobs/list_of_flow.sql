SELECT id, name, key, queue, parameters::text, match_id, due_at, deadline, exclusion, long, attempts, flow, step, needs::text, follows::text, status,
    attempt, worker, lease_until, stop_requested, enqueued_at, started_at, ended_at, error_type, error_message, result::text
FROM jobs
WHERE flow = $4::text AND (cardinality($1::text[]) = 0 OR status = ANY ($1)) AND ($2::text IS NULL OR name = $2)
    AND ($3::text IS NULL OR queue = $3) AND ($5::bigint IS NULL OR match_id = $5) AND ($6::bigint IS NULL OR id < $6)
ORDER BY id DESC
LIMIT $7
