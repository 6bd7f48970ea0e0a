SELECT min(odds_from), max(odds_to) FROM match_keys WHERE id = ANY ($1::bigint[])
