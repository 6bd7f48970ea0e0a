SELECT id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision, match_status,
    home_score, away_score, home_ht_score, away_ht_score, referee, attendance, source, external_id,
    neutral_ground, stage, round, group_name, tie_leg, home_et_score, away_et_score, home_shootout, away_shootout
FROM matches
ORDER BY id
