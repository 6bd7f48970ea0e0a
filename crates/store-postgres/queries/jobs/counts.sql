SELECT name, queue, status, count(*), min(due_at), max(ended_at)
FROM jobs
WHERE ended_at IS NULL OR ended_at >= $1
GROUP BY name, queue, status
ORDER BY name, queue, status
