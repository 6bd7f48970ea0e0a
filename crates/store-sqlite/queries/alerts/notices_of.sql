SELECT id, alert_id, channel, kind, queued_at, failures, next_try_at, delivered_at, fault
FROM alert_notices
WHERE alert_id = ?1
ORDER BY id
