INSERT INTO users (name, password_hash, role, disabled, created_at) VALUES (?1, ?2, ?3, 0, ?4)
ON CONFLICT (name) DO NOTHING
RETURNING id
