-- Slots of base backups, with how many bytes of the log the server keeps for each; those that it gave up count as nothing.
-- A replica sees none.
SELECT slot_name::text,
       coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_wal_lsn() END, restart_lsn), 0)::int8
FROM pg_replication_slots
WHERE slot_name LIKE 'touchline\_%'
ORDER BY slot_name
