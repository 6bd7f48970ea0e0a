INSERT INTO identity_merges (kind, kept_id, kept_name, merged_id, merged_name, done_by, done_at, running)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, -1)
RETURNING id
