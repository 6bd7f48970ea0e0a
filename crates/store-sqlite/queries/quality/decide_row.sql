INSERT INTO row_decisions (fingerprint, verdict, reason, decided_by, decided_at)
VALUES (?1, ?2, ?3, ?4, ?5)
RETURNING id
