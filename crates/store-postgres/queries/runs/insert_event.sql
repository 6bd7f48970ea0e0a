INSERT INTO lineage_events (run_id, event_type, event_at, is_to_send, next_try_at, body)
VALUES ($1, $2, $3, $4, $3, $5::text::json)
ON CONFLICT (run_id, event_type) DO NOTHING
