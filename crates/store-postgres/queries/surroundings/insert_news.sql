INSERT INTO news_items (data_source, item_id, news_type, title, link, country, team, importance, sentiment_score, published_at, known_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::double precision[], $9::double precision[], $10::timestamptz[], $11::timestamptz[])
ON CONFLICT (data_source, item_id) DO NOTHING
