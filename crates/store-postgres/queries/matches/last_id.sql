SELECT coalesce(max(id), 0) FROM match_keys
