SELECT odds_from, odds_to FROM match_keys WHERE id = $1
