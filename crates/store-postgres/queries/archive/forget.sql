DELETE FROM archived_odds WHERE match_id = ANY ($1::bigint[])
