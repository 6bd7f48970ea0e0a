SELECT queue, count(*), min(due_at) FILTER (WHERE exclusion IS NULL OR NOT EXISTS (
    SELECT 1 FROM jobs r WHERE r.status = 'running' AND r.exclusion = jobs.exclusion))
FROM jobs
WHERE status = 'waiting' AND due_at <= $1
GROUP BY queue
ORDER BY queue
