SELECT id, collected_at FROM raw_documents WHERE data_source = ?1 AND hash = ?2
