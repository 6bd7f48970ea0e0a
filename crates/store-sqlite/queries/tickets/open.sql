-- ?11: open tickets that an account may have of a kind.
INSERT INTO tickets (id, kind, user_id, details, body, body_size, callback, status, notice, created_at, expires_at, answer, answer_size)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 'open', ?8, ?9, ?10, x'', 0
WHERE (SELECT count(*) FROM tickets WHERE user_id = ?3 AND kind = ?2 AND status = 'open' AND expires_at > ?9) < ?11
