SELECT id, kind, match_id, league_id, season, subject, details, recorded_at, job_id
FROM outbox
WHERE id > ?1
ORDER BY id
LIMIT ?2
