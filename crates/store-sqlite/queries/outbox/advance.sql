UPDATE feed_readers SET position = ?3, advanced_at = ?4 WHERE name = ?1 AND position = ?2
