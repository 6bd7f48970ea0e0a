INSERT INTO leagues (code, name, country, level, source) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (code) DO NOTHING
