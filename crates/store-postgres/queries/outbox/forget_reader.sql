DELETE FROM feed_readers WHERE name = $1
