SELECT pg_advisory_xact_lock(hashtextextended('touchline ' || $1, 0))
