-- ?1: JSON array of identifiers.
SELECT id, name, country FROM teams WHERE id IN (SELECT value FROM json_each(?1))
