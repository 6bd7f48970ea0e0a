INSERT INTO line_corrections (document_id, locator, line, reason, decided_by, decided_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
RETURNING id
