DELETE FROM alerts WHERE resolved_at < ?1
