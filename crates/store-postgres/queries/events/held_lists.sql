SELECT DISTINCT match_id, source, known_at FROM match_events WHERE match_id = ANY ($1::bigint[])
