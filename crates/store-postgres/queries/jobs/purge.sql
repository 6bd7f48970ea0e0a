SELECT purge_jobs($1)
