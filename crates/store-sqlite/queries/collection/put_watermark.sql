INSERT INTO collection_watermarks (data_source, collection_type, scope, hash, collected_at, checked_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (data_source, collection_type, scope) DO UPDATE
SET hash = excluded.hash, collected_at = excluded.collected_at, checked_at = excluded.checked_at
