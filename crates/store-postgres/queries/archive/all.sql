SELECT match_id, lake, quotes, removed, digest, archived_at FROM archived_odds ORDER BY match_id
