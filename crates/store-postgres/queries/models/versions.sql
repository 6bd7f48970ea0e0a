SELECT name, version, path, manifest_hash, trained_at, metrics::text FROM model_versions ORDER BY trained_at DESC, id DESC
