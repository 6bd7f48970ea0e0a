SELECT name, content_hash, last_document, documents, program, made_at FROM data_versions
ORDER BY made_at DESC, name
