-- ?2: JSON array of identifiers of the source ?1.
SELECT external_id, match_id FROM match_identifiers
WHERE source = ?1 AND external_id IN (SELECT value FROM json_each(?2))
