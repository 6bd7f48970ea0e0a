-- ?1: JSON array of identifiers.
SELECT match_id, count(*) FROM in_play_odds WHERE match_id IN (SELECT value FROM json_each(?1)) GROUP BY match_id
