UPDATE alert_notices
SET delivered_at = CASE WHEN e.fault IS NULL THEN e.at END, fault = e.fault,
    failures = failures + CASE WHEN e.fault IS NULL THEN 0 ELSE 1 END, next_try_at = coalesce(e.next_try_at, alert_notices.next_try_at)
FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[]) e (id, fault, next_try_at, at)
WHERE alert_notices.id = e.id AND alert_notices.delivered_at IS NULL
