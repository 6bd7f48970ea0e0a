SELECT id, name, country FROM teams
WHERE id IN (
    SELECT home_team_id FROM matches WHERE league_id = $1
    UNION
    SELECT away_team_id FROM matches WHERE league_id = $1)
ORDER BY name, id
