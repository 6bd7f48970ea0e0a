-- ?1 match, ?2 field, ?3 source, ?4 old and ?5 new value, ?6 when it was said, ?7 document, ?8 since when it is known,
-- ?9 verdict, ?10 who decided, ?11 now.
INSERT INTO match_corrections
    (match_id, field, source, old_value, new_value, said_at, document_id, known_at, verdict, decided_by, recorded_at)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
WHERE NOT EXISTS (
    SELECT 1 FROM match_corrections
    WHERE match_id = ?1 AND field = ?2 AND source = ?3 AND old_value IS ?4 AND new_value IS ?5 AND said_at = ?6
        AND document_id IS ?7 AND verdict = ?9)
