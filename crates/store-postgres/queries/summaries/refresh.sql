SELECT refresh_views($1, $2)
