SELECT checked_at, position, report
FROM quality_checks
ORDER BY checked_at DESC
LIMIT ?1
