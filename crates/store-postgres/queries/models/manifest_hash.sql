SELECT manifest_hash FROM model_versions WHERE name = $1 AND version = $2
