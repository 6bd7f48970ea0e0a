SELECT purge_error_logs($1)
