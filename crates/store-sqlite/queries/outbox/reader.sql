SELECT position FROM feed_readers WHERE name = ?1
