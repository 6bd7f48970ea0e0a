INSERT INTO audit_logs (actor, action, subject, details, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
