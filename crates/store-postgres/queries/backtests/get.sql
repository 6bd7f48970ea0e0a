SELECT id, made_at, summary::text, report::text
FROM backtests
WHERE id = $1
