SELECT source, country, alias, team_id FROM team_aliases
