SELECT model_name, alias, version, assigned_at FROM model_aliases ORDER BY model_name, alias
