UPDATE jobs
SET status = 'skipped', ended_at = ?2, error_type = 'skipped', error_message = 'a step that it needs did not succeed'
WHERE id IN (SELECT value FROM json_each(?1)) AND status = 'blocked'
