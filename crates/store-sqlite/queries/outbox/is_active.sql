SELECT EXISTS (SELECT 1 FROM model_versions WHERE name = ?1 AND version = ?2 AND is_active = 1)
