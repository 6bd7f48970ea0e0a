SELECT kind, namespace, name, created_at, updated_at, body
FROM lineage_nodes
WHERE kind = ?1 AND (?2 IS NULL OR namespace = ?2)
ORDER BY namespace, name
