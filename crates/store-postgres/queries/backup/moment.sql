-- The moment that a snapshot sees, as a place in the log and by the server's clock.
SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::int8, clock_timestamp()
