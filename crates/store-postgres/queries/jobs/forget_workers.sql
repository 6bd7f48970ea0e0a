SELECT forget_workers($1, $2)
