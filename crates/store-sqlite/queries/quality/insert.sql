INSERT INTO data_quality_logs
    (table_name, document_id, locator, error_type, severity, error_data, error_message, requires_manual_review,
    detected_at)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
ON CONFLICT DO NOTHING
