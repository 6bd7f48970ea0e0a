-- Views that were never computed, or before $1.
SELECT c.relname || CASE WHEN v.as_of IS NULL THEN ' (never computed)'
    ELSE ' (as of ' || to_char(v.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC)' END
FROM pg_class c
LEFT JOIN view_refreshes v ON v.name = c.relname
WHERE c.relkind = 'm' AND c.relnamespace = 'public'::regnamespace AND (v.as_of IS NULL OR v.as_of < $1)
ORDER BY 1
