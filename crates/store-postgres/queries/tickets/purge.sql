SELECT purge_tickets($1)
