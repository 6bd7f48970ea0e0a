-- Ends the current segment of the log; where it ended.
SELECT pg_wal_lsn_diff(pg_switch_wal(), '0/0')::int8
