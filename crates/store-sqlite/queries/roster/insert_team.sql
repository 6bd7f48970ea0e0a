INSERT INTO teams (country, name) VALUES (?1, ?2) RETURNING id
