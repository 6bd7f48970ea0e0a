UPDATE leagues SET code = ?2, name = ?3, level = ?4, source = ?5, kind = ?6 WHERE id = ?1
RETURNING 1
