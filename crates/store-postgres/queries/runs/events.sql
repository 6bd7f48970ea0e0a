SELECT id, run_id, event_type, event_at, is_to_send, failures, fault, body::text
FROM lineage_events
WHERE $1::text IS NULL OR run_id = $1
ORDER BY id DESC
LIMIT $2
