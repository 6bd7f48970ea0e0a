INSERT INTO quality_checks (checked_at, position, report)
VALUES (?1, ?2, ?3)
ON CONFLICT (checked_at) DO UPDATE SET position = excluded.position, report = excluded.report
