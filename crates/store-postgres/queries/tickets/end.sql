-- What the work was done on is needed no longer.
UPDATE tickets
SET status = $2, message = $3, answer = $4, answer_size = $5, ended_at = $6, body = '', body_size = 0
WHERE id = $1 AND status = 'open'
