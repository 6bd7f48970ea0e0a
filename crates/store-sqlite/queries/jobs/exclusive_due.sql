SELECT 1 FROM jobs
WHERE status = 'waiting' AND long = ?1 AND due_at <= ?2 AND exclusion IS NOT NULL
LIMIT 1
