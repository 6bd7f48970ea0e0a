INSERT INTO sessions (id, user_id, generation, started_at, renewed_at, expires_at) VALUES (?1, ?2, 0, ?3, ?3, ?4)
