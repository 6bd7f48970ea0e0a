SELECT id
FROM backtests
WHERE digest = ?1
