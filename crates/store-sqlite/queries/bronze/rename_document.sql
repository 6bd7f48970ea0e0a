UPDATE raw_documents SET name = ?2 WHERE id = ?1
