UPDATE sessions SET generation = generation + 1, renewed_at = ?3, expires_at = ?4
WHERE id = ?1 AND generation = ?2 AND ended_at IS NULL AND expires_at > ?3
