-- $1, $2: name and identifier that the page comes after; $3: limit.
SELECT id, name, country FROM teams WHERE (name, id) > ($1, $2) ORDER BY name, id LIMIT $3
