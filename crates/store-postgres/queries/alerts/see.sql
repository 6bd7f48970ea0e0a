INSERT INTO alerts (name, component, subject, severity, summary, details, advice, first_seen, last_seen)
SELECT name, component, subject, severity, summary, details, advice::jsonb, seen_at, seen_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
    c (name, component, subject, severity, summary, details, advice, seen_at)
ON CONFLICT (name, subject) WHERE resolved_at IS NULL DO UPDATE
SET component = excluded.component, severity = excluded.severity, summary = excluded.summary, details = excluded.details,
    advice = excluded.advice, last_seen = excluded.last_seen
