INSERT INTO error_logs (task_name, task_id, error_type, error_message, retry_count, context_data, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
