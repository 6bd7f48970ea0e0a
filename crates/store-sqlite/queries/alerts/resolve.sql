UPDATE alerts SET resolved_at = ?2 WHERE id = ?1 AND resolved_at IS NULL
