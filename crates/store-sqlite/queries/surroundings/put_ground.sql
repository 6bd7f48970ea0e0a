INSERT INTO grounds (country, team, since, name, latitude, longitude) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (country, team, since) DO UPDATE SET name = excluded.name, latitude = excluded.latitude, longitude = excluded.longitude
