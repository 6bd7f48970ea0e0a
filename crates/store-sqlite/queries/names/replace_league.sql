UPDATE leagues SET code = ?2, name = ?3, level = ?4, source = ?5 WHERE id = ?1
