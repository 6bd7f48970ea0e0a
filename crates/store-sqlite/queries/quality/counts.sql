SELECT table_name, error_type, severity, status, count(*)
FROM data_quality_logs
WHERE (?1 IS NULL OR table_name = ?1) AND (?2 IS NULL OR severity = ?2)
    AND (?3 IS NULL OR status = ?3) AND (?4 IS NULL OR error_type = ?4)
    AND (?5 = 0 OR requires_manual_review = 1) AND (?6 IS NULL OR detected_at >= ?6)
    AND (?7 IS NULL OR id = ?7) AND (?8 = 0 OR document_id IS NOT NULL)
    AND (?9 IS NULL OR document_id = ?9) AND (?10 IS NULL OR detected_at < ?10)
    AND (?11 IS NULL OR handled_at >= ?11)
GROUP BY table_name, error_type, severity, status
ORDER BY table_name, error_type, severity, status
