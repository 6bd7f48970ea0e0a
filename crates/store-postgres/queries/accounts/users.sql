SELECT u.id, u.name, u.role, u.disabled, u.created_at, u.last_login_at FROM users u ORDER BY u.name
