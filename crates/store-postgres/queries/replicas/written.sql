-- Where the log ends with all that was committed. Unless commits wait for the disk, they may be ahead of it.
SELECT pg_wal_lsn_diff(
           CASE current_setting('synchronous_commit')
               WHEN 'off' THEN pg_current_wal_insert_lsn()
               ELSE pg_current_wal_flush_lsn()
           END, '0/0')::int8
