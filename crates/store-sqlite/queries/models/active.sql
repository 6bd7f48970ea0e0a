SELECT name, version, path, manifest_hash, trained_at, metrics FROM model_versions WHERE is_active = 1
