SELECT data_source, collection_type, scope, hash, collected_at, checked_at
FROM collection_watermarks
WHERE data_source = ?1 AND collection_type = ?2 AND scope = ?3
