SELECT sequence, entry_hash, outside,
    (SELECT count(*) FROM predictions WHERE ledger_sequence IS NULL AND id <= outside_last_id), outside_last_id
FROM ledger_head
