-- ?1: JSON array of fingerprints.
SELECT id, fingerprint, verdict, reason, decided_by, decided_at, undone_by, undone_at
FROM row_decisions
WHERE fingerprint IN (SELECT value FROM json_each(?1))
ORDER BY id
