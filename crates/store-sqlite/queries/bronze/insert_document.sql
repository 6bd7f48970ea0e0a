INSERT INTO raw_documents (data_source, name, hash, size, content, collected_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (data_source, hash) DO NOTHING
RETURNING id
