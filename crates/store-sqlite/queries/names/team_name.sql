SELECT name FROM teams WHERE id = ?1 AND country = ?2
