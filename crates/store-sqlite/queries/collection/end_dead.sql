-- Whoever still runs says how it ended, and that counts.
UPDATE data_collection_logs
SET status = 'failed', end_time = max(start_time, ?3), error_message = 'the run never said how it ended: its process died'
WHERE data_source = ?1 AND collection_type = ?2 AND status = 'running'
