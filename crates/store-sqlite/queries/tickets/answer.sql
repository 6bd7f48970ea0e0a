SELECT answer, answer_size FROM tickets WHERE id = ?1 AND status = 'done'
