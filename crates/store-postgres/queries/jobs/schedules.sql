SELECT id, job, cron, parameters::text, enabled, misfire, edited, done_until
FROM schedules
ORDER BY id
