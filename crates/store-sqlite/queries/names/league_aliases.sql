SELECT source, alias, league_id FROM league_aliases ORDER BY source, alias
