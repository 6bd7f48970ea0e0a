SELECT id, kind, kept_id, kept_name, merged_id, merged_name, done_by, done_at, undone_at
FROM identity_merges
ORDER BY id DESC
