SELECT u.id, u.name, u.role, u.disabled, u.created_at, u.last_login_at
FROM user_identities i
JOIN users u ON u.id = i.user_id
WHERE i.issuer = $1 AND i.subject = $2
