-- Rows in one statement differ from each other.
WITH n (match_id, field, source, old_value, new_value, said_at, document_id, known_at, verdict, decided_by, recorded_at) AS (
    VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
)
INSERT INTO match_corrections
    (match_id, field, source, old_value, new_value, said_at, document_id, known_at, verdict, decided_by, recorded_at)
SELECT n.* FROM n
WHERE NOT EXISTS (
    SELECT 1 FROM match_corrections c
    WHERE c.match_id = n.match_id AND c.field = n.field AND c.source = n.source AND c.old_value IS n.old_value
        AND c.new_value IS n.new_value AND c.said_at = n.said_at AND c.document_id IS n.document_id
        AND c.verdict = n.verdict)
