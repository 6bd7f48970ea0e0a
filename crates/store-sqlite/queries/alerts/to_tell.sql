SELECT id, name, component, subject, severity, summary, details, advice, first_seen, last_seen, resolved_at, acknowledged_by,
    acknowledged_at, told_times, told_kind, told_at, told_severity
FROM alerts
WHERE resolved_at IS NULL
UNION ALL
SELECT id, name, component, subject, severity, summary, details, advice, first_seen, last_seen, resolved_at, acknowledged_by,
    acknowledged_at, told_times, told_kind, told_at, told_severity
FROM alerts
WHERE resolved_at IS NOT NULL AND told_kind IN ('firing', 'reminder')
ORDER BY 1
