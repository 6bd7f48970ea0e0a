-- ?1: JSON array of identifiers.
SELECT match_id, count(*)
FROM odds
WHERE match_id IN (SELECT value FROM json_each(?1))
GROUP BY match_id
ORDER BY match_id
