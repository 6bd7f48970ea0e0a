SELECT t.relname::text, c.attname::text, format_type(c.atttypid, c.atttypmod), c.attnotnull::integer,
    coalesce(array_position(k.indkey::smallint[], c.attnum) + 1, 0)
FROM pg_class t
JOIN pg_attribute c ON c.attrelid = t.oid
LEFT JOIN pg_index k ON k.indrelid = t.oid AND k.indisprimary
WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition
    AND c.attnum > 0 AND NOT c.attisdropped
ORDER BY t.relname::text COLLATE "C", c.attnum
