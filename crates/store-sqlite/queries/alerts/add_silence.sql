INSERT INTO alert_silences (name, component, subject, reason, created_by, created_at, until)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
RETURNING id
