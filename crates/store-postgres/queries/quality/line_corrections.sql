SELECT id, locator, line, reason, decided_by, decided_at, undone_by, undone_at
FROM line_corrections
WHERE document_id = $1
ORDER BY id
