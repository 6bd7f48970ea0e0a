SELECT min(due_at) FROM jobs WHERE status = 'waiting' AND long = $1
