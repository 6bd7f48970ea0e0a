SELECT id, name, country FROM teams WHERE id = ANY ($1)
