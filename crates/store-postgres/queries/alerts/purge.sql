SELECT purge_alerts($1)
