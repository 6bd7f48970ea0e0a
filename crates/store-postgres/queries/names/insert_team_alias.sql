INSERT INTO team_aliases (source, country, alias, team_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (source, country, alias) DO NOTHING
