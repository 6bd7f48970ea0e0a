SELECT id, code, name, country, level, source, kind FROM leagues WHERE code = ?1
