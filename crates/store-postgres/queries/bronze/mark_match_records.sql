UPDATE raw_match_data SET processed = true WHERE document_id = $1 AND NOT processed
