UPDATE jobs
SET status = 'cancelled', ended_at = $2, error_type = 'superseded', error_message = 'what it was for has changed'
WHERE id = ANY ($1) AND status IN ('blocked', 'waiting')
