SELECT u.id, u.name, u.role, u.disabled, u.created_at, u.last_login_at, s.id, s.user_id, s.generation, s.expires_at, s.ended_at
FROM sessions s
JOIN users u ON u.id = s.user_id
WHERE s.id = ?1
