SELECT match_id, count(*) FROM match_events WHERE match_id = ANY ($1::bigint[]) GROUP BY match_id
