SELECT ensure_season_partitions($1)
