UPDATE model_versions SET is_active = true, activated_at = CASE WHEN is_active THEN activated_at ELSE $3 END
WHERE name = $1 AND version = $2
