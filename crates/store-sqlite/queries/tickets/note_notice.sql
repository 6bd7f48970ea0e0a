UPDATE tickets
SET notice = ?2, notice_message = ?3, noticed_at = ?4
WHERE id = ?1 AND notice = 'waiting'
