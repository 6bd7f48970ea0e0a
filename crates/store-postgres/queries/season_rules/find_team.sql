-- A team of the country of the league $1, by its name, else by a name that is of one team only.
SELECT t.id
FROM teams t
JOIN leagues l ON l.country = t.country
WHERE l.id = $1 AND t.name = $2
UNION ALL
SELECT min(a.team_id)
FROM team_aliases a
JOIN leagues l ON l.country = a.country
WHERE l.id = $1 AND a.alias = $2
    AND NOT EXISTS (SELECT 1 FROM teams t WHERE t.country = a.country AND t.name = $2)
GROUP BY a.alias
HAVING count(DISTINCT a.team_id) = 1
