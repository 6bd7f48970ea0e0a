SELECT country || '/' || name FROM teams WHERE id = ?1
