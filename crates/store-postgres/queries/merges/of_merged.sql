-- The merge that took a league or team away.
SELECT id, kept_name FROM identity_merges
WHERE kind = $1 AND merged_id = $2 AND undone_at IS NULL
ORDER BY id DESC
LIMIT 1
