SELECT id, name, component, subject, severity, summary, details, advice, first_seen, last_seen, resolved_at, acknowledged_by,
    acknowledged_at, told_times, told_kind, told_at, told_severity
FROM alerts
WHERE (?1 IS NULL OR (resolved_at IS NULL) = ?1) AND (?2 IS NULL OR severity = ?2) AND (?3 IS NULL OR component = ?3)
    AND (?4 IS NULL OR id < ?4)
ORDER BY id DESC
LIMIT ?5
