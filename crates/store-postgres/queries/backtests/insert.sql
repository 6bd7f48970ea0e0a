INSERT INTO backtests (digest, made_at, summary, report)
VALUES ($1, $2, $3::text::json, $4::text::json)
ON CONFLICT (digest) DO NOTHING
