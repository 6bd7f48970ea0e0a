INSERT INTO alert_notices (alert_id, channel, kind, queued_at, next_try_at)
SELECT alert_id, channel, kind, queued_at, queued_at
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) n (alert_id, channel, kind, queued_at)
