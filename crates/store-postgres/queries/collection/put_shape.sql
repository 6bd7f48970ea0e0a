INSERT INTO source_shapes (data_source, collection_type, scope, shape, learned_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (data_source, collection_type, scope) DO UPDATE SET shape = excluded.shape, learned_at = excluded.learned_at
