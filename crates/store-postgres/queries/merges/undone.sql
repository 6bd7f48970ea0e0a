UPDATE identity_merges SET undone_at = greatest($2, done_at) WHERE id = $1
