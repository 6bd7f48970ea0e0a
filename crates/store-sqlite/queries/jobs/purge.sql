DELETE FROM jobs WHERE ended_at < ?1
