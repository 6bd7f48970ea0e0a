SELECT name, version, path, manifest_hash, trained_at, metrics FROM model_versions ORDER BY trained_at DESC, id DESC
