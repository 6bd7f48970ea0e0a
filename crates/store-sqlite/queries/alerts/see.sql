INSERT INTO alerts (name, component, subject, severity, summary, details, advice, first_seen, last_seen)
SELECT column1, column2, column3, column4, column5, column6, column7, column8, column8
FROM (VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?) /*rows*/)
-- Without it, SQLite would take the ON for the one of a join.
WHERE true
ON CONFLICT (name, subject) WHERE resolved_at IS NULL DO UPDATE
SET component = excluded.component, severity = excluded.severity, summary = excluded.summary, details = excluded.details,
    advice = excluded.advice, last_seen = excluded.last_seen
