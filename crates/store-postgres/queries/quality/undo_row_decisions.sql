UPDATE row_decisions SET undone_by = $2, undone_at = $3
WHERE fingerprint = $1 AND undone_at IS NULL
