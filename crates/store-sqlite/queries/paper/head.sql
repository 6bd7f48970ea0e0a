SELECT sequence, entry_hash FROM paper_head
