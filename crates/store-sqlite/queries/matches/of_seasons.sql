-- ?1: JSON array of pairs of league identifier and season.
SELECT m.id, m.league_id, m.season, m.home_team_id, m.away_team_id, m.leg, m.match_time, m.time_precision, m.match_status,
    m.home_score, m.away_score, m.home_ht_score, m.away_ht_score, m.referee, m.attendance, m.source, m.external_id,
    m.neutral_ground, m.stage, m.round, m.group_name, m.tie_leg, m.home_et_score, m.away_et_score, m.home_shootout,
    m.away_shootout
FROM json_each(?1) s
CROSS JOIN matches m ON m.league_id = s.value ->> 0 AND m.season = s.value ->> 1
