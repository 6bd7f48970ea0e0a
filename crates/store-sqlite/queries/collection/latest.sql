SELECT id, data_source, collection_type, start_time, end_time, status, success_count, error_count, records_collected,
    new_count, changed_count, rejected_count, error_message, job_id
FROM data_collection_logs
ORDER BY start_time DESC, id DESC
LIMIT ?1
