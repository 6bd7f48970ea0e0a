-- An array per column. Rows in one statement differ from each other.
INSERT INTO match_corrections
    (match_id, field, source, old_value, new_value, said_at, document_id, known_at, verdict, decided_by, recorded_at)
SELECT n.*
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bigint[],
    $8::timestamptz[], $9::text[], $10::text[], $11::timestamptz[])
    n (match_id, field, source, old_value, new_value, said_at, document_id, known_at, verdict, decided_by, recorded_at)
WHERE NOT EXISTS (
    SELECT 1 FROM match_corrections c
    WHERE c.match_id = n.match_id AND c.field = n.field AND c.source = n.source
        AND c.old_value IS NOT DISTINCT FROM n.old_value AND c.new_value IS NOT DISTINCT FROM n.new_value
        AND c.said_at = n.said_at AND c.document_id IS NOT DISTINCT FROM n.document_id AND c.verdict = n.verdict)
