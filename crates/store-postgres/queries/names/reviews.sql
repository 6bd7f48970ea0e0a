SELECT id, kind, source, country, league_id, season, name, status, resolved_id, opened_at, decided_at, decided_by
FROM name_reviews
WHERE NOT $1::boolean OR status = 'open'
ORDER BY id
