-- ?1, ?2: kick-off and identifier that the page comes after; ?3: kick-off before; ?4: status; ?5: season;
-- ?6: limit; ?7: code of the league; ?8: club.
SELECT id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision, match_status,
    home_score, away_score, home_ht_score, away_ht_score, referee, attendance, source, external_id,
    neutral_ground, stage, round, group_name, tie_leg, home_et_score, away_et_score, home_shootout, away_shootout
FROM matches
WHERE league_id = (SELECT id FROM leagues WHERE code = ?7)
    AND (match_time, id) > (?1, ?2)
    AND match_time < ?3
    AND (?4 IS NULL OR match_status = ?4)
ORDER BY match_time, id
LIMIT ?6
