INSERT INTO lineage_nodes (kind, namespace, name, created_at, updated_at, body)
VALUES (?1, ?2, ?3, ?4, ?4, ?5)
ON CONFLICT (kind, namespace, name) DO UPDATE SET updated_at = max(lineage_nodes.updated_at, excluded.updated_at), body = excluded.body
