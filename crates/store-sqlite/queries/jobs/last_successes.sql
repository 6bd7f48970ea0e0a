SELECT name, max(ended_at)
FROM jobs
WHERE status = 'succeeded'
GROUP BY name
ORDER BY name
