SELECT id FROM leagues WHERE code = ?1
