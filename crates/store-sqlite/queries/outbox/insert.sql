INSERT INTO outbox (kind, match_id, league_id, season, subject, details, recorded_at)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?) /*rows*/
