SELECT a.team_id, t.name
FROM team_aliases a
JOIN teams t ON t.id = a.team_id
WHERE a.source = $1 AND a.country = $2 AND a.alias = $3
