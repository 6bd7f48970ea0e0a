UPDATE raw_documents SET processed_at = $2 WHERE id = $1 AND processed_at IS NULL
