SELECT external_id, name FROM players WHERe.source = $1 ORDER BY external_id
