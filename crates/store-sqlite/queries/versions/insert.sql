INSERT INTO data_versions (name, content_hash, last_document, documents, program, made_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (name) DO NOTHING
