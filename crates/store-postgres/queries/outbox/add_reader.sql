INSERT INTO feed_readers (name, position, advanced_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO NOTHING
