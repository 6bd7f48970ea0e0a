-- How some matches are called.
SELECT m.id, l.code, m.season, h.name, a.name, m.leg
FROM matches m
JOIN leagues l ON l.id = m.league_id
JOIN teams h ON h.id = m.home_team_id
JOIN teams a ON a.id = m.away_team_id
WHERE m.id IN (SELECT value FROM json_each(?1))
