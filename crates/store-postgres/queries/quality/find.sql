SELECT q.id, d.name, q.locator, q.error_type, q.severity, q.error_message, q.error_data, q.detected_at, q.table_name,
    q.status, q.requires_manual_review, q.handled_by, q.handled_at, q.resolution_notes, q.document_id
FROM data_quality_logs q
LEFT JOIN raw_documents d ON d.id = q.document_id
WHERE ($1::text IS NULL OR q.table_name = $1) AND ($2::text IS NULL OR q.severity = $2)
    AND ($3::text IS NULL OR q.status = $3) AND ($4::text IS NULL OR q.error_type = $4)
    AND (NOT $5 OR q.requires_manual_review) AND ($6::timestamptz IS NULL OR q.detected_at >= $6)
    AND ($7::bigint IS NULL OR q.id = $7) AND (NOT $8 OR q.document_id IS NOT NULL)
    AND ($9::bigint IS NULL OR q.document_id = $9) AND ($10::timestamptz IS NULL OR q.detected_at < $10)
    AND ($11::timestamptz IS NULL OR q.handled_at >= $11)
ORDER BY q.detected_at DESC, q.id DESC
LIMIT $12
