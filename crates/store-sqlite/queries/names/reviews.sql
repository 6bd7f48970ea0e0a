SELECT id, kind, source, country, league_id, season, name, status, resolved_id, opened_at, decided_at, decided_by
FROM name_reviews
WHERE ?1 = 0 OR status = 'open'
ORDER BY id
