-- What a base backup has to know of the server.
SELECT (SELECT system_identifier::text FROM pg_control_system()),
       current_setting('server_version_num')::int8 / 10000,
       (SELECT setting::int8 FROM pg_settings WHERE name = 'wal_segment_size'),
       pg_walfile_name(pg_current_wal_insert_lsn()),
       current_setting('wal_level'),
       (SELECT count(*) FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global'))
