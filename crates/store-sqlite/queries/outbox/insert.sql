INSERT INTO outbox (kind, match_id, league_id, season, subject, details, recorded_at, job_id)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
