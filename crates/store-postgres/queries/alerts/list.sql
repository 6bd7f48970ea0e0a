SELECT id, name, component, subject, severity, summary, details, advice::text, first_seen, last_seen, resolved_at, acknowledged_by,
    acknowledged_at, told_times, told_kind, told_at, told_severity
FROM alerts
WHERE ($1::bigint IS NULL OR (resolved_at IS NULL) = ($1 = 1)) AND ($2::text IS NULL OR severity = $2)
    AND ($3::text IS NULL OR component = $3) AND ($4::bigint IS NULL OR id < $4)
ORDER BY id DESC
LIMIT $5
