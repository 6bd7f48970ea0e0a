-- The log before this place is safe elsewhere.
SELECT pg_replication_slot_advance(slot_name, '0/0'::pg_lsn + $2)
FROM pg_replication_slots
WHERE slot_name = $1 AND restart_lsn IS NOT NULL
