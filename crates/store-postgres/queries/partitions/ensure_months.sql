SELECT ensure_month_partitions($1, $2)
