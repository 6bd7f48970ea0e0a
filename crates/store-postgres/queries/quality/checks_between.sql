SELECT checked_at, position, report::text
FROM quality_checks
WHERE checked_at >= $1 AND checked_at < $2
ORDER BY checked_at
