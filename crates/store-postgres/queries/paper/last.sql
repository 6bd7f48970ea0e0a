SELECT h.sequence, h.entry_hash FROM paper_head h
