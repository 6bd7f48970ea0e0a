-- A team of the country ?1, by its name ?2, else by a name that is of one team only.
SELECT t.id FROM teams t WHERE t.country = ?1 AND t.name = ?2
UNION ALL
SELECT min(a.team_id)
FROM team_aliases a
WHERE a.country = ?1 AND a.alias = ?2
    AND NOT EXISTS (SELECT 1 FROM teams t WHERE t.country = a.country AND t.name = ?2)
GROUP BY a.alias
HAVING count(DISTINCT a.team_id) = 1
