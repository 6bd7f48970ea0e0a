-- A match that a merge took away may come back: its identifier is not used again.
SELECT max(
    coalesce((SELECT max(id) FROM matches), 0),
    coalesce((SELECT max(match_id) FROM identity_merge_matches), 0))
