SELECT id, code, name, country, level, source, kind FROM leagues WHERE id = ANY ($1)
