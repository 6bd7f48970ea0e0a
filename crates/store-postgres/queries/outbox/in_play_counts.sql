SELECT match_id, count(*) FROM in_play_odds WHERE match_id = ANY ($1::bigint[]) GROUP BY match_id
