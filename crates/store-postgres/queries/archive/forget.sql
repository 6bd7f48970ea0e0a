SELECT forget_archived($1)
