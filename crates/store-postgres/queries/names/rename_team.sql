SELECT rename_team($1, $2)
