UPDATE raw_odds_data SET processed = 1 WHERE document_id = ?1 AND processed = 0
