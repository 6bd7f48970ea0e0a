SELECT sequence, entry_hash FROM ledger_head
