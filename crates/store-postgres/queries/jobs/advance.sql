UPDATE schedules SET done_until = $3 WHERE id = $1 AND done_until = $2
