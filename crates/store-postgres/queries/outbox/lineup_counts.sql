SELECT match_id, count(*) FROM lineups WHERE match_id = ANY ($1::bigint[]) GROUP BY match_id
