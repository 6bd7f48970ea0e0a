INSERT INTO backtests (digest, made_at, summary, report)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (digest) DO NOTHING
