SELECT id, made_at, summary, report
FROM backtests
WHERE id = ?1
