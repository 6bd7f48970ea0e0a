SELECT purge_quality_checks($1)
