INSERT INTO name_reviews (kind, source, country, league_id, season, name, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (kind, source, country, name) DO NOTHING
