UPDATE line_corrections SET undone_by = $3, undone_at = $4
WHERE document_id = $1 AND locator = $2 AND undone_at IS NULL
