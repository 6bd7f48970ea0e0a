UPDATE jobs
SET status = CASE status WHEN 'running' THEN status ELSE 'cancelled' END, stop_requested = (status = 'running'),
    ended_at = CASE status WHEN 'running' THEN NULL ELSE ?2 END,
    error_type = CASE status WHEN 'running' THEN error_type ELSE 'cancelled' END,
    error_message = CASE status WHEN 'running' THEN error_message ELSE 'it was called off' END
WHERE id = ?1 AND status IN ('blocked', 'waiting', 'running')
RETURNING status
