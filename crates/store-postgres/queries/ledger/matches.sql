-- How some matches are called.
SELECT m.id, l.code, m.season, h.name, a.name, m.leg
FROM match_keys k
JOIN matches m ON m.id = k.id AND m.season = k.season
JOIN leagues l ON l.id = m.league_id
JOIN teams h ON h.id = m.home_team_id
JOIN teams a ON a.id = m.away_team_id
WHERE k.id = ANY ($1::bigint[])
