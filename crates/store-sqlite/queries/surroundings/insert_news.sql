INSERT INTO news_items
    (data_source, item_id, news_type, title, link, country, team, importance, sentiment_score, published_at, known_at)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
ON CONFLICT (data_source, item_id) DO NOTHING
