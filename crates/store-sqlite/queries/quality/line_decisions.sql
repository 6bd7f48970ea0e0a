SELECT count(*)
FROM line_corrections
WHERE decided_at >= ?1 AND decided_at < ?2 AND undone_at IS NULL
