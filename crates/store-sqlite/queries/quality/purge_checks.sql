DELETE FROM quality_checks WHERE checked_at < ?1 AND checked_at < (SELECT max(checked_at) FROM quality_checks)
