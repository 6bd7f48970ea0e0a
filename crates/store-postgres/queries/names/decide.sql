UPDATE name_reviews SET status = $2, resolved_id = $3, decided_at = $4, decided_by = $5 WHERE id = $1
