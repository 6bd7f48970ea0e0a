-- ?1: the highest identifier of before the ledger.
SELECT id FROM predictions WHERE ledger_sequence IS NULL AND id > ?1 ORDER BY id LIMIT 100
