UPDATE lineage_events
SET is_to_send = $2, failures = failures + $3::integer, fault = $4, next_try_at = coalesce($5::timestamptz, next_try_at)
WHERE id = $1
