SELECT table_name, error_type, severity, status, count(*)
FROM data_quality_logs
WHERE $1::timestamptz IS NULL OR detected_at >= $1
GROUP BY table_name, error_type, severity, status
ORDER BY table_name, error_type, severity, status
