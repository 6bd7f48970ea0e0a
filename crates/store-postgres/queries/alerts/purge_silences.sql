SELECT purge_alert_silences($1)
