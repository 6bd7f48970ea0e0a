INSERT INTO model_versions (name, version, path, manifest_hash, trained_at, metrics)
VALUES ($1, $2, $3, $4, $5, $6::text::json)
ON CONFLICT (name, version) DO NOTHING
