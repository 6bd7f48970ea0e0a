INSERT INTO schedules (id, job, cron, parameters, enabled, misfire, edited, done_until)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (id) DO UPDATE
SET job = excluded.job, cron = excluded.cron, parameters = excluded.parameters, enabled = excluded.enabled,
    misfire = excluded.misfire, edited = excluded.edited, done_until = excluded.done_until
