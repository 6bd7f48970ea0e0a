SELECT replace_league($1, $2, $3, $4, $5, $6)
