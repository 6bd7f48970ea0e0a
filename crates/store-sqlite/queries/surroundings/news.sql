SELECT data_source, item_id, news_type, title, link, country, team, importance, sentiment_score, published_at, known_at
FROM news_items
WHERE (?1 IS NULL OR news_type = ?1) AND (?2 IS NULL OR importance >= ?2) AND (?3 IS NULL OR known_at <= ?3)
ORDER BY known_at DESC, data_source, item_id
LIMIT ?4
