SELECT EXISTS (SELECT 1 FROM raw_documents WHERE id = $1)
