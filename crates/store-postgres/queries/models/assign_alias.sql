INSERT INTO model_aliases (model_name, alias, version, assigned_at) VALUES ($1, $2, $3, $4)
