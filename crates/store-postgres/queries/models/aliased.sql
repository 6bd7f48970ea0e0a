SELECT v.name, v.version, v.path, v.manifest_hash, v.trained_at, v.metrics::text
FROM model_aliases a
JOIN model_versions v ON v.name = a.model_name AND v.version = a.version
WHERE a.model_name = $1 AND a.alias = $2
