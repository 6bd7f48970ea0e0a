SELECT id, actor, action, subject, details, created_at
FROM audit_logs
WHERE id < $1
ORDER BY id DESC
LIMIT $2
