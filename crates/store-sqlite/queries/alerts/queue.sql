INSERT INTO alert_notices (alert_id, channel, kind, queued_at, next_try_at)
SELECT column1, column2, column3, column4, column4
FROM (VALUES /*rows*/ (?, ?, ?, ?) /*rows*/)
