INSERT INTO paper_ledger (sequence, kind, written_at, match_id, bet_sequence, content, previous_hash, entry_hash)
VALUES ($1, $2, $3, $4, $5, $6::text::json, $7, $8)
