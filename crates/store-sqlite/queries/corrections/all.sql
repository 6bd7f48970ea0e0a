SELECT match_id, field, source, old_value, new_value, said_at, document_id, known_at, verdict, decided_by
FROM match_corrections
ORDER BY id
