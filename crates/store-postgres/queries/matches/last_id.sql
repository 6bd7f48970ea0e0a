-- A match that a merge took away may come back: its identifier is not used again.
SELECT greatest(
    (SELECT coalesce(max(id), 0) FROM match_keys),
    (SELECT coalesce(max(match_id), 0) FROM identity_merge_matches))
