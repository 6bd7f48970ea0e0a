SELECT data_source, country, team, level, rating, valid_from, valid_to, known_at
FROM team_ratings
ORDER BY data_source, country, team, valid_from, rating, valid_to
