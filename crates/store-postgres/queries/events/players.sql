SELECT external_id, name FROM players WHERE source = $1 ORDER BY external_id
