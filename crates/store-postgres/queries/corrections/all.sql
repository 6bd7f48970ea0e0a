-- $1: whether all are wanted, else those that were taken of the fields $2.
SELECT match_id, field, source, old_value, new_value, said_at, document_id, known_at, verdict, decided_by
FROM match_corrections
WHERE $1 OR verdict = 'taken' AND field = ANY ($2::text[])
ORDER BY id
