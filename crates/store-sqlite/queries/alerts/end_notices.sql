WITH e (id, fault, next_try_at, at) AS (
    VALUES /*rows*/ (?, ?, ?, ?) /*rows*/
)
UPDATE alert_notices
SET delivered_at = CASE WHEN e.fault IS NULL THEN e.at END, fault = e.fault,
    failures = failures + (e.fault IS NOT NULL), next_try_at = coalesce(e.next_try_at, alert_notices.next_try_at)
FROM e
WHERE alert_notices.id = e.id AND alert_notices.delivered_at IS NULL
