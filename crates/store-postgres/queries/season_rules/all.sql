SELECT rules FROM season_rules ORDER BY league, season
