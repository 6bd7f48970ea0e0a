SELECT task_name, task_id, error_type, error_message, retry_count, context_data, created_at
FROM error_logs
ORDER BY created_at DESC, id DESC
LIMIT ?1
