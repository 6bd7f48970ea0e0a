-- ?1: JSON array of pairs of league identifier and season.
SELECT c.match_id, c.field, c.source, c.old_value, c.new_value, c.said_at, c.document_id, c.known_at, c.verdict, c.decided_by
FROM json_each(?1) s
CROSS JOIN matches m ON m.league_id = s.value ->> 0 AND m.season = s.value ->> 1
CROSS JOIN match_corrections c ON c.match_id = m.id
ORDER BY c.id
