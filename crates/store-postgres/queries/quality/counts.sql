SELECT table_name, error_type, severity, status, count(*)
FROM data_quality_logs
WHERE ($1::text IS NULL OR table_name = $1) AND ($2::text IS NULL OR severity = $2)
    AND ($3::text IS NULL OR status = $3) AND ($4::text IS NULL OR error_type = $4)
    AND (NOT $5 OR requires_manual_review) AND ($6::timestamptz IS NULL OR detected_at >= $6)
    AND ($7::bigint IS NULL OR id = $7) AND (NOT $8 OR document_id IS NOT NULL)
    AND ($9::bigint IS NULL OR document_id = $9) AND ($10::timestamptz IS NULL OR detected_at < $10)
    AND ($11::timestamptz IS NULL OR handled_at >= $11)
GROUP BY table_name, error_type, severity, status
ORDER BY table_name, error_type, severity, status
