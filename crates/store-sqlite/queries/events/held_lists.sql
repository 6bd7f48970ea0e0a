-- ?1: JSON array of identifiers of matches.
SELECT DISTINCT match_id, source, known_at FROM match_events WHERE match_id IN (SELECT value FROM json_each(?1))
