-- Where the first one waits, all wait: they are told of in the order in which they happened.
SELECT id, run_id, event_type, event_at, is_to_send, failures, fault, body
FROM lineage_events
WHERE is_to_send = 1 AND ?1 >= (SELECT next_try_at FROM lineage_events WHERE is_to_send = 1 ORDER BY id LIMIT 1)
ORDER BY id
LIMIT ?2
