WITH sides (league_id, team_id) AS (
    SELECT league_id, home_team_id FROM matches
    UNION
    SELECT league_id, away_team_id FROM matches
),
clubs (league_id, teams) AS (SELECT league_id, count(*) FROM sides GROUP BY league_id),
played (league_id, matches, finished) AS (
    SELECT league_id, count(*), count(*) FILTER (WHERE match_status = 'finished') FROM matches GROUP BY league_id
)
SELECT l.id, l.code, l.name, l.country, l.level, l.source,
    coalesce(c.teams, 0), coalesce(p.matches, 0), coalesce(p.finished, 0)
FROM leagues l
LEFT JOIN clubs c ON c.league_id = l.id
LEFT JOIN played p ON p.league_id = l.id
ORDER BY l.code
