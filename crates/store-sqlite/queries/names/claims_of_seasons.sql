-- ?1: JSON array of pairs of league identifier and season.
SELECT c.match_id, c.field, c.source, c.value, coalesce(c.said_at, c.recorded_at), c.document_id
FROM json_each(?1) s
CROSS JOIN matches m ON m.league_id = s.value ->> 0 AND m.season = s.value ->> 1
CROSS JOIN match_claims c ON c.match_id = m.id
