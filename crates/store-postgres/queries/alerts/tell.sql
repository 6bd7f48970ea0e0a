UPDATE alerts
SET told_times = told_times + 1, told_kind = $3, told_at = $5, told_severity = $4
WHERE id = $1 AND told_times = $2
