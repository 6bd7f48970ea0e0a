SELECT id, name, component, subject, reason, created_by, until, created_at
FROM alert_silences
WHERE until > ?1
ORDER BY id DESC
