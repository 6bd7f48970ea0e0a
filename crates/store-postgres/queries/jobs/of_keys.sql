SELECT key, id, status FROM jobs WHERE key = ANY ($1)
