UPDATE lineage_events
SET is_to_send = ?2, failures = failures + ?3, fault = ?4, next_try_at = coalesce(?5, next_try_at)
WHERE id = ?1
