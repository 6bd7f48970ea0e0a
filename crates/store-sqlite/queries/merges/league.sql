SELECT code || ' ' || name FROM leagues WHERE id = ?1
