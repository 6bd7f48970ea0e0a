SELECT id, code, name, country, level, source, kind FROM leagues ORDER BY code
