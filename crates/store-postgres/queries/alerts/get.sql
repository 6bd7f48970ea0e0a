SELECT id, name, component, subject, severity, summary, details, advice::text, first_seen, last_seen, resolved_at, acknowledged_by,
    acknowledged_at, told_times, told_kind, told_at, told_severity
FROM alerts
WHERE id = $1
