INSERT INTO model_artifacts (model_name, version, file, hash, size, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
