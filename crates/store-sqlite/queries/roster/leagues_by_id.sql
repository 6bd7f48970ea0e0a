-- ?1: JSON array of identifiers.
SELECT id, code, name, country, level, source, kind FROM leagues WHERE id IN (SELECT value FROM json_each(?1))
