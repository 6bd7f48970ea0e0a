UPDATE jobs SET status = 'waiting' WHERE id = ANY ($1) AND status = 'blocked'
