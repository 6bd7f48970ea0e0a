INSERT INTO api_keys (name, user_id, hash, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id
