UPDATE model_versions SET is_active = 1, activated_at = iif(is_active = 1, activated_at, ?3)
WHERE name = ?1 AND version = ?2
