SELECT id, name, country FROM teams WHERE id = $1
