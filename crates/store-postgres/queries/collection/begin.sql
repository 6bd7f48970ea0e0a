INSERT INTO data_collection_logs (data_source, collection_type, start_time, status) VALUES ($1, $2, $3, 'running')
RETURNING id
