-- Tables with many dead rows: more than 100,000 and a fifth of all.
SELECT relname || ' (' || n_dead_tup || ' of ' || n_live_tup + n_dead_tup || ' rows dead)'
FROM pg_stat_user_tables
WHERE n_dead_tup > 100000 AND n_dead_tup > 0.2 * (n_live_tup + n_dead_tup)
ORDER BY n_dead_tup DESC
