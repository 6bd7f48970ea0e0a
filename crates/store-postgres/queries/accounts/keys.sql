SELECT k.id, k.name, k.user_id, k.scopes, k.created_at, k.expires_at, k.revoked_at, k.last_used_at FROM api_keys k ORDER BY k.id
