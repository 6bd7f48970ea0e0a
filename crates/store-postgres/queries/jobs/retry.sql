UPDATE jobs
SET status = 'waiting', attempt = 0, due_at = $2, started_at = NULL, ended_at = NULL, stop_requested = false, error_type = NULL,
    error_message = NULL, result = NULL
WHERE id = $1 AND status IN ('failed', 'missed', 'cancelled', 'skipped') AND coalesce(deadline, 'infinity') > $2
