SELECT id, kind, user_id, details, callback, status, message, created_at, ended_at, expires_at, notice, notice_message, noticed_at
FROM tickets
WHERE id = ?1
