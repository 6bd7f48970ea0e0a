-- All records of a document were known when it was collected.
UPDATE raw_odds_data SET processed = true
WHERE document_id = $1 AND NOT processed AND known_at = (SELECT collected_at FROM raw_documents WHERE id = $1)
