SELECT data_source, name, hash, size, content, collected_at FROM raw_documents WHERE id = $1
