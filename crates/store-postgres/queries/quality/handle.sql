UPDATE data_quality_logs
SET status = $2, handled_by = $3, handled_at = $4, resolution_notes = $5
WHERE id = $1
