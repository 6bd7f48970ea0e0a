UPDATE data_collection_logs
SET end_time = max(start_time, ?2), status = ?3, success_count = ?4, error_count = ?5, records_collected = ?6,
    new_count = ?7, changed_count = ?8, rejected_count = ?9, error_message = ?10
WHERE id = ?1
