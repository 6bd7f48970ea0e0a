INSERT INTO data_collection_logs (data_source, collection_type, start_time, status, job_id) VALUES ($1, $2, $3, 'running', $4)
RETURNING id
