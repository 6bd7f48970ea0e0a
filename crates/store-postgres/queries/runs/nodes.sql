SELECT kind, namespace, name, created_at, updated_at, body::text
FROM lineage_nodes
WHERE kind = $1 AND ($2::text IS NULL OR namespace = $2)
ORDER BY namespace, name
