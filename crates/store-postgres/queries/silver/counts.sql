SELECT
    (SELECT count(*) FROM leagues),
    (SELECT count(*) FROM teams),
    (SELECT count(*) FROM (
        SELECT league_id, home_team_id FROM matches UNION SELECT league_id, away_team_id FROM matches) sides),
    (SELECT count(*) FROM matches),
    (SELECT count(*) FROM matches WHERE match_status = 'finished'),
    (SELECT count(*) FROM odds),
    (SELECT count(*) FROM match_stats),
    (SELECT count(*) FROM lineups),
    (SELECT count(*) FROM injuries)
