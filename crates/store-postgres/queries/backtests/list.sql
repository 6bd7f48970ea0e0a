SELECT id, made_at, summary::text
FROM backtests
WHERE id < $1
ORDER BY id DESC
LIMIT $2
