-- $1 match, $2 field, $3 source, $4 old and $5 new value, $6 when it was said, $7 document, $8 since when it is known,
-- $9 verdict, $10 who decided, $11 now.
INSERT INTO match_corrections
    (match_id, field, source, old_value, new_value, said_at, document_id, known_at, verdict, decided_by, recorded_at)
SELECT $1::bigint, $2::text, $3::text, $4::text, $5::text, $6::timestamptz, $7::bigint, $8::timestamptz, $9::text,
    $10::text, $11::timestamptz
WHERE NOT EXISTS (
    SELECT 1 FROM match_corrections
    WHERE match_id = $1 AND field = $2 AND source = $3 AND old_value IS NOT DISTINCT FROM $4
        AND new_value IS NOT DISTINCT FROM $5 AND said_at = $6 AND document_id IS NOT DISTINCT FROM $7 AND verdict = $9)
