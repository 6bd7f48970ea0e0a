SELECT data_source, item_id, news_type, title, link, country, team, importance, sentiment_score, published_at, known_at
FROM news_items
ORDER BY data_source, item_id
