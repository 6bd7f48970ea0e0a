SELECT t.id, t.name, t.country
FROM league_teams l
JOIN teams t ON t.id = l.team_id
WHERE l.league_id = $1
ORDER BY t.name, t.id
