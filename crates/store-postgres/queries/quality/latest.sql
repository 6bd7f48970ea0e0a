SELECT q.id, d.name, q.locator, q.error_type, q.severity, q.error_message, q.error_data, q.detected_at, q.table_name,
    q.status, q.requires_manual_review, q.handled_by, q.handled_at, q.resolution_notes, q.document_id
FROM data_quality_logs q
LEFT JOIN raw_documents d ON d.id = q.document_id
ORDER BY q.detected_at DESC, q.id DESC
LIMIT $1
