INSERT INTO data_quality_logs
    (table_name, document_id, locator, error_type, severity, error_data, error_message, requires_manual_review,
    detected_at)
SELECT table_name, document_id, locator, error_type, severity, error_data, error_message, review, detected_at
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[],
    $9::timestamptz[])
    WITH ORDINALITY
    u (table_name, document_id, locator, error_type, severity, error_data, error_message, review, detected_at, place)
ORDER BY place
ON CONFLICT DO NOTHING
