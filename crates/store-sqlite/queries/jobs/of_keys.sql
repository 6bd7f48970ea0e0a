SELECT key, id, status FROM jobs WHERE key IN (SELECT value FROM json_each(?1))
