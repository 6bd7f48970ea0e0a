SELECT m.id, m.league_id, m.season, m.home_team_id, m.away_team_id, m.leg, m.match_time, m.time_precision, m.match_status,
    m.home_score, m.away_score, m.home_ht_score, m.away_ht_score, m.referee, m.attendance, m.source, m.external_id,
    m.neutral_ground, m.stage, m.round, m.group_name, m.tie_leg, m.home_et_score, m.away_et_score, m.home_shootout,
    m.away_shootout
FROM matches m
WHERE m.id IN (
    SELECT id FROM (
        SELECT id FROM matches
        WHERE home_team_id = ?1 AND match_time < ?2 AND match_status = 'finished'
        ORDER BY match_time DESC LIMIT ?3)
    UNION
    SELECT id FROM (
        SELECT id FROM matches
        WHERE away_team_id = ?1 AND match_time < ?2 AND match_status = 'finished'
        ORDER BY match_time DESC LIMIT ?3))
ORDER BY m.match_time DESC, m.id DESC
LIMIT ?3
