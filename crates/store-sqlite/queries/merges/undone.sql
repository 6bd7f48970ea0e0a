UPDATE identity_merges SET undone_at = max(?2, done_at) WHERE id = ?1
