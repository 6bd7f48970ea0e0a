UPDATE jobs SET lease_until = $2 WHERE status = 'running' AND worker = $1 RETURNING id, attempt, stop_requested
