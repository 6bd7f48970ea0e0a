SELECT league_id FROM league_aliases WHERE source = $1 AND alias = $2
