-- A team of the country of the league ?1, by its name, else by any name that it has.
SELECT id FROM (
    SELECT t.id, 0 AS place
    FROM teams t
    JOIN leagues l ON l.country = t.country
    WHERE l.id = ?1 AND t.name = ?2
    UNION ALL
    SELECT a.team_id, 1
    FROM team_aliases a
    JOIN leagues l ON l.country = a.country
    WHERE l.id = ?1 AND a.alias = ?2) AS found
ORDER BY place, id
LIMIT 1
