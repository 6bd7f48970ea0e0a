SELECT id, name, country FROM teams ORDER BY country, name
