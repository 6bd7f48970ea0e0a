SELECT id, code, name, country, level, source FROM leagues WHERE id = ANY ($1)
