UPDATE jobs SET status = 'waiting' WHERE id IN (SELECT value FROM json_each(?1)) AND status = 'blocked'
