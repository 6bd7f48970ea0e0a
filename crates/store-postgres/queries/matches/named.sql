SELECT id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision, match_status,
    home_score, away_score, home_ht_score, away_ht_score, referee, attendance, source, external_id,
    neutral_ground, stage, round, group_name, tie_leg, home_et_score, away_et_score, home_shootout, away_shootout
FROM matches
WHERE id IN (SELECT match_id FROM match_identifiers WHERE source = $1 AND external_id = ANY ($2::text[]))
