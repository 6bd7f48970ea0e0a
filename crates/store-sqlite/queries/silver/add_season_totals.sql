INSERT INTO season_totals (league_id, season, matches, finished)
VALUES /*rows*/ (?, ?, ?, ?) /*rows*/
ON CONFLICT (league_id, season) DO UPDATE SET
    matches = matches + excluded.matches, finished = finished + excluded.finished
