INSERT INTO league_aliases (source, alias, league_id) VALUES ($1, $2, $3) ON CONFLICT (source, alias) DO NOTHING
