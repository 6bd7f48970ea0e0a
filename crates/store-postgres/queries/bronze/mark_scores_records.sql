UPDATE raw_scores_data SET processed = true WHERE document_id = $1 AND NOT processed
