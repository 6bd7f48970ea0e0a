-- $11: open tickets that an account may have of a kind.
INSERT INTO tickets (id, kind, user_id, details, body, body_size, callback, status, notice, created_at, expires_at, answer, answer_size)
SELECT $1::text, $2::text, $3::bigint, $4::text, $5::bytea, $6::bigint, $7::text, 'open', $8::text, $9::timestamptz, $10::timestamptz, ''::bytea, 0
WHERE (SELECT count(*) FROM tickets WHERE user_id = $3 AND kind = $2 AND status = 'open' AND expires_at > $9) < $11::bigint
