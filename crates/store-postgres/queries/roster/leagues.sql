SELECT id, code, name, country, level, source FROM leagues ORDER BY code
