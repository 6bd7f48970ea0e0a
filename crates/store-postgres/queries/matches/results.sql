SELECT id, league_id, season, home_team_id, away_team_id, match_time, time_precision, match_status, home_score,
    away_score, neutral_ground
FROM matches
