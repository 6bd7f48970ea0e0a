SELECT id, alert_id, channel, kind, queued_at, failures, next_try_at, delivered_at, fault
FROM alert_notices
WHERE delivered_at IS NULL AND next_try_at <= ?1
ORDER BY next_try_at, id
LIMIT ?2
