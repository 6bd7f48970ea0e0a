SELECT id, fingerprint, verdict, reason, decided_by, decided_at, undone_by, undone_at
FROM row_decisions
WHERE fingerprint = ANY ($1::text[])
ORDER BY id
