SELECT sequence, written_at, match_id, content, previous_hash, entry_hash
FROM paper_ledger
WHERE sequence > ?1
ORDER BY sequence
LIMIT ?2
