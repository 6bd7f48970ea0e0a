SELECT u.id, u.name, u.role, u.disabled, u.created_at, u.last_login_at, k.id, k.name, k.user_id, k.scopes, k.created_at, k.expires_at, k.revoked_at, k.last_used_at
FROM api_keys k
JOIN users u ON u.id = k.user_id
WHERE k.hash = ?1
