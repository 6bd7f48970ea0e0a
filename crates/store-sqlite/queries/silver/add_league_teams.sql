INSERT INTO league_teams (league_id, team_id, matches)
VALUES /*rows*/ (?, ?, ?) /*rows*/
ON CONFLICT (league_id, team_id) DO UPDATE SET matches = matches + excluded.matches
