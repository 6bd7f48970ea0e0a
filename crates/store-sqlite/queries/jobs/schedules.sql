SELECT id, job, cron, parameters, enabled, misfire, edited, done_until
FROM schedules
ORDER BY id
