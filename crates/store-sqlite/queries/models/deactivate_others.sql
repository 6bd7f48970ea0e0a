UPDATE model_versions SET is_active = 0 WHERE is_active = 1 AND NOT (name = ?1 AND version = ?2)
