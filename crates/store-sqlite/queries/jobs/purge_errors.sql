DELETE FROM error_logs WHERE created_at < ?1
