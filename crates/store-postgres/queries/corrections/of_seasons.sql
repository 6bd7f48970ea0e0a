SELECT match_id, field, source, old_value, new_value, said_at, document_id, known_at, verdict, decided_by
FROM match_corrections
WHERE match_id IN (
    SELECT id FROM matches
    WHERE season = ANY ($2::text[]) AND (league_id, season) IN (SELECT * FROM unnest($1::bigint[], $2::text[])))
ORDER BY id
