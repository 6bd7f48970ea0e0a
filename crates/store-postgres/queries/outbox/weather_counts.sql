SELECT match_id, count(*) FROM weather WHERE match_id = ANY ($1::bigint[]) GROUP BY match_id
