SELECT name, version, path, manifest_hash, trained_at, metrics::text FROM model_versions WHERE is_active
