INSERT INTO team_ratings (data_source, country, team, level, rating, valid_from, valid_to, known_at)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
ON CONFLICT (data_source, country, team, valid_from, rating, valid_to) DO NOTHING
