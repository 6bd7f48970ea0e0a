SELECT id, code, name, country, level, source FROM leagues WHERE code = $1
