SELECT body, body_size FROM tickets WHERE id = ?1 AND status = 'open'
