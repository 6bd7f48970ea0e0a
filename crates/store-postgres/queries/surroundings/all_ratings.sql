SELECT data_source, country, team, level, rating, valid_from::text, valid_to::text, known_at
FROM team_ratings
ORDER BY data_source, country, team, valid_from, rating, valid_to
