INSERT INTO season_rules (league, season, rules) VALUES (?1, ?2, ?3)
ON CONFLICT (league, season) DO UPDATE SET rules = excluded.rules
