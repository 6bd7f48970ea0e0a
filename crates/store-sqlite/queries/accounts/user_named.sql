SELECT u.id, u.name, u.role, u.disabled, u.created_at, u.last_login_at, u.password_hash FROM users u WHERE u.name = ?1
