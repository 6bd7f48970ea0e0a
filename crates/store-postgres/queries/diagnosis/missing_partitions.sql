-- Partitions of the months from $1 to $2 that are not there.
SELECT t.parent || to_char(m, '_YYYY_MM') AS name
FROM (VALUES ('odds'), ('raw_odds_data'), ('predictions')) t (parent)
CROSS JOIN generate_series($1 AT TIME ZONE 'UTC', $2 AT TIME ZONE 'UTC', interval '1 month') m
WHERE to_regclass(t.parent || to_char(m, '_YYYY_MM')) IS NULL
ORDER BY 1
