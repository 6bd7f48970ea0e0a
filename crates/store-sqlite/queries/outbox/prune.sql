-- Up to the first that is not old, that a reader has not read, or that is the latest.
DELETE FROM outbox
WHERE id < (SELECT min(latest,
        coalesce((SELECT min(position) + 1 FROM feed_readers), latest),
        coalesce((SELECT id FROM outbox WHERE recorded_at >= ?1 ORDER BY id LIMIT 1), latest))
    FROM (SELECT max(id) AS latest FROM outbox))
