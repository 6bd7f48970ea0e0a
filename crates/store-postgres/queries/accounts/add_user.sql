INSERT INTO users (name, password_hash, role, disabled, created_at) VALUES ($1, $2, $3, false, $4)
ON CONFLICT (name) DO NOTHING
RETURNING id
