SELECT DISTINCT m.league_id, m.season
FROM (SELECT DISTINCT match_id FROM match_claims) c
CROSS JOIN matches m ON m.id = c.match_id
