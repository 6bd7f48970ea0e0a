UPDATE model_versions SET is_active = false WHERE is_active AND NOT (name = $1 AND version = $2)
