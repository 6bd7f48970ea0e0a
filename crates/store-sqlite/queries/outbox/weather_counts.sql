-- ?1: JSON array of identifiers.
SELECT match_id, count(*) FROM weather WHERE match_id IN (SELECT value FROM json_each(?1)) GROUP BY match_id
